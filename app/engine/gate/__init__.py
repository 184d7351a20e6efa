"""The deployment gate: everything that a diagram may get wrong, found before a case runs into it."""

from app.engine.gate.model import Finding, GateContext, Rule, Signature
from app.engine.gate.run import check, rules

__all__ = ["Finding", "GateContext", "Rule", "Signature", "check", "rules"]
