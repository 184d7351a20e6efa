"""What is wrong with a form file, in sentences for the person who wrote it."""

from dataclasses import dataclass

from app.domain.errors import DomainError


@dataclass(frozen=True)
class Finding:
    """One fault of a form: the key (or the id, or the place) of the component and a Chinese sentence with the cure."""

    component: str
    sentence: str


class FormError(DomainError):
    """A form that cannot be used; `findings` says all that is wrong with it, in the order of the form."""

    def __init__(self, form_key: str, findings: list[Finding]) -> None:
        first = findings[0].sentence if findings else "内容不可用"
        super().__init__("form.invalid", f"表单“{form_key}”有{len(findings)}处需要修改，第一处：{first}")
        self.form_key = form_key
        self.findings = tuple(findings)


class Findings:
    """Collects the findings while a form is read, so that the writer sees all of them at once."""

    def __init__(self) -> None:
        self.items: list[Finding] = []

    def add(self, component: str, sentence: str) -> None:
        """Note one fault of a component."""
        self.items.append(Finding(component, sentence))
