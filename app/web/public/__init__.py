"""Pages that need no account: notices, objections to them, verification of certificates."""

from app.web.public import notices, objections, verification
from app.web.public.group import public_pages

__all__ = ["notices", "objections", "public_pages", "verification"]
