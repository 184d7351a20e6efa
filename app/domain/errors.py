"""Errors that a person may see. Everything that is not a `DomainError` is a bug."""


class DomainError(Exception):
    """A refusal with a stable code and a Chinese sentence that says what to do next."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class NotAllowed(DomainError):
    """The actor may see the thing but not do this with it (HTTP 403)."""


class NotFound(DomainError):
    """The thing does not exist, or the actor may not know that it does (HTTP 404)."""


class Conflict(DomainError):
    """Somebody else was faster, or the page that was sent is stale (HTTP 409)."""


class TryAgain(DomainError):
    """The machine is busy or full for the moment; nothing was written (HTTP 503)."""


class InvalidValues(DomainError):
    """Values that were filled in cannot be accepted; `fields` maps form key to sentence (HTTP 422)."""

    def __init__(self, code: str, message: str, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(code, message)
        self.fields = fields or {}
