"""All pages of the register."""

from app.web.certificates import register, reissues, revocations, seals
from app.web.certificates.register import registry

__all__ = ["register", "registry", "reissues", "revocations", "seals"]
