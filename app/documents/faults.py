"""What is wrong with a template, and where: the editor leads there."""

from app.domain.errors import DomainError


class TemplateFault(DomainError):
    """A refusal that knows its place: `file` of the template and `line` in it (0 where there is none)."""

    def __init__(self, code: str, message: str, *, file: str, line: int = 0) -> None:
        super().__init__(code, message)
        self.file = file
        self.line = line


def line_of(source: str, place: int) -> int:
    """Return the number of the line, counted from 1, in which a place of a text lies."""
    return source.count("\n", 0, place) + 1
