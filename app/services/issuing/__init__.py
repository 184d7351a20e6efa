"""Papers and certificates: rendered, numbered, kept."""
