"""Use cases: one module a feature, one function a verb. The only floor that combines the adapters below it."""
