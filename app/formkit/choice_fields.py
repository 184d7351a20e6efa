"""Fields whose values are picked, not typed: choices and uploaded files."""

from dataclasses import dataclass
from typing import Any

from app.domain.fields import Field, Value
from app.formkit import widgets
from app.formkit.fields import ValueField
from app.formkit.readers import ATTACHMENT_ID, Refused, scrub
from app.formkit.vocabulary import MAX_FILES, MAX_OPTIONS


@dataclass(frozen=True)
class Choice:
    """One choice as a template shows it."""

    id: str
    value: str
    label: str
    help: str
    chosen: bool


class ChoiceField(ValueField):
    """One of several: radio buttons, or a drop-down list."""

    verb = "选择"

    def __init__(self, *, spec: Field, **kwargs: Any) -> None:
        super().__init__(spec=spec, **kwargs)
        self.widget = widgets.SelectWidget() if spec.kind == "select" else widgets.ChoicesWidget()

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Return the choices for a template, which one is chosen among them."""
        return tuple(
            Choice(f"{self.id}-{place}", one.value, one.label, self.helps.get(one.value, ""), one.value in self.raw)
            for place, one in enumerate(self.options)
        )

    def read(self) -> Value:
        """Return the stored value of the choice."""
        if self.raw[0] not in {option.value for option in self.options}:
            raise Refused(f"“{self.spec.label}”的选项已经变化，请重新选择")
        return self.raw[0]

    def attributes(self) -> dict[str, Any]:
        """Lists cannot be read-only, only disabled."""
        own = {name: value for name, value in super().attributes().items() if name not in ("readonly", "type")}
        own["disabled"] = self.spec.readonly
        return own if self.spec.kind == "select" else {**own, "type": "radio" if self.spec.kind == "radio" else "checkbox"}


class ChecklistField(ChoiceField):
    """Any number of several, kept in the order of the list."""

    def read(self) -> Value:
        """Return the stored values of the choices."""
        known = [option.value for option in self.options]
        if not set(self.raw) <= set(known):
            raise Refused(f"“{self.spec.label}”的选项已经变化，请重新选择")
        return [value for value in known if value in self.raw]

    def empty_value(self) -> Value:
        """Return an empty list."""
        return []

    def draft(self) -> Value:
        """Return what was chosen, also what is no longer on the list."""
        return [scrub(one)[:200] for one in self.raw[:MAX_OPTIONS]]


class FileField(ValueField):
    """Ids of attachments that were uploaded before; whether they exist and whose they are is for the services to check."""

    verb = "上传"
    widget = widgets.FileWidget()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the ids; what cannot be an id is dropped, because nobody typed it."""
        super().process_formdata(valuelist)
        self.raw = list(dict.fromkeys(one for one in self.raw if ATTACHMENT_ID.fullmatch(one)))

    def read(self) -> Value:
        """Return the ids."""
        most = MAX_FILES if self.spec.multiple else 1
        if len(self.raw) > most:
            raise Refused(f"“{self.spec.label}”最多上传{most}个文件，请删去多余的")
        return list(self.raw)

    def empty_value(self) -> Value:
        """Return an empty list."""
        return []

    def draft(self) -> Value:
        """Return the ids."""
        return list(self.raw[:MAX_FILES])

    def attributes(self) -> dict[str, Any]:
        """The input has no name: the page uploads at once and posts ids."""
        own = {name: value for name, value in super().attributes().items() if name not in ("name", "readonly", "autocomplete")}
        own.update(type="file", data_upload=self.name, multiple=self.spec.multiple, disabled=self.spec.readonly)
        return {**own, "accept": self.spec.accept} if self.spec.accept else own
