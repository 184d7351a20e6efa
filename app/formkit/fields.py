"""`Field` → WTForms field. Each keeps what was sent (`raw`) and reads it the same way for posts, drafts and stored values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wtforms import Field as WTField
from wtforms.validators import StopValidation

from app.domain.fields import Field, Option, Value
from app.formkit import widgets
from app.formkit.readers import Refused, read_date, read_moment, read_number, read_text, scrub
from app.formkit.sources import SourceItem
from app.formkit.vocabulary import MAX_OPTIONS

_AUTOCOMPLETE = frozenset({"name", "tel", "email", "organization", "street-address", "postal-code", "bday"})
_NUMERIC_TYPES = frozenset({"mobile", "bank_card", "phone"})


@dataclass(frozen=True)
class Problem:
    """One sentence about one input, for the summary on top of the page; `field_id` is the id to link to."""

    field_id: str
    name: str
    sentence: str


class ValueField(WTField):
    """The base of all fields that hold one JSON value; `data` is None while `problem` holds a sentence."""

    verb = "填写"
    widget: widgets.Widget = widgets.InputWidget()

    def __init__(self, *, spec: Field, today: date, items: Sequence[SourceItem] = (), **kwargs: Any) -> None:
        super().__init__(label=spec.label, description=spec.description, default=spec.default, **kwargs)
        self.spec = spec
        self.today = today
        self.raw: list[str] = []
        self.problem: str | None = None
        self.id = "f-" + self.name
        self.label.field_id = self.id
        self.options = tuple(Option(item.key, item.label) for item in items) if spec.options_source else spec.options
        self.helps = {item.key: item.help for item in items}
        self.flags.required = spec.required

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take what was sent, or what is stored, and read it."""
        super().process(formdata, data, extra_filters)
        self.problem = None
        try:
            self.data: Value = self.read() if self.raw else self.empty_value()
        except Refused as refusal:
            # What the house shows is kept as it is: nobody in front of the form could put it right.
            kept = self.stored if self.spec.readonly else None
            self.data, self.problem = (kept, None) if kept is not None else (self.empty_value(), str(refusal))

    def process_data(self, value: Any) -> None:
        """Take a stored value, of whatever shape an older version of the form gave it."""
        self.stored: Value = value
        self.raw = [text for text in (_as_text(one) for one in (value if isinstance(value, list) else [value])) if text]

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was sent; a field that may only be read keeps its value whatever is sent."""
        if not self.spec.readonly:
            self.raw = [text for text in (str(one) for one in valuelist[: MAX_OPTIONS + 1]) if text.strip()]

    def pre_validate(self, form: Any) -> None:
        """Refuse with one sentence at most."""
        if self.spec.readonly:
            return
        if self.problem:
            raise StopValidation(self.problem)
        if self.spec.required and self.missing():
            raise StopValidation(f"请{self.verb}“{self.spec.label}”")

    def read(self) -> Value:
        """Return the value of `raw`, which is not empty. Raises `Refused`."""
        return read_text(self.raw[0], self.spec, today=self.today) or None

    def empty_value(self) -> Value:
        """Return what stands for nothing."""
        return None

    def missing(self) -> bool:
        """Say whether nothing is filled in."""
        return (self.data is None or self.data is False or self.data == []) and not self.problem

    @property
    def blank(self) -> bool:
        """Whether nothing is filled in, right or wrong."""
        return not self.raw or self.data is False

    def problems(self) -> list[Problem]:
        """Return the sentence of the last `validate`."""
        return [Problem(self.id, self.name, sentence) for sentence in self.errors]

    def text(self) -> str:
        """Return what conditions compare with."""
        return self.raw[0].strip() if self.raw else ""

    def shown(self) -> str:
        """Return what stands in the input: what was typed, also when it is wrong."""
        return scrub(self.raw[0]) if self.raw else ""

    def draft(self) -> Value:
        """Return what was sent, unjudged, fit to be stored and shown again."""
        return self.shown() or None

    def attributes(self) -> dict[str, Any]:
        """Return the HTML attributes of the input."""
        own: dict[str, Any] = {"id": self.id, "name": self.name, "type": "text", "autocomplete": self._autocomplete()}
        described = [f"{self.id}-help"] if self.spec.description else []
        if self.errors:
            described.append(f"{self.id}-error")
            own["aria_invalid"] = "true"
        if described:
            own["aria_describedby"] = " ".join(described)
        if self.spec.required:
            own["aria_required"] = "true"
        if self.spec.readonly:
            own["readonly"] = True
        return own

    def _autocomplete(self) -> str:
        """Clerks fill in other people's data, so that the browser keeps out unless the form says otherwise."""
        wanted = self.spec.properties.get("autocomplete", "off")
        return wanted if wanted in _AUTOCOMPLETE else "off"


class TextField(ValueField):
    """One line of text, or an identifier."""

    def attributes(self) -> dict[str, Any]:
        """Add the keyboard of a phone and the longest text. Identifiers may be pasted with blanks, so they get no limit."""
        own = super().attributes()
        value_type = self.spec.properties.get("valueType", "")
        if value_type in _NUMERIC_TYPES:
            own["inputmode"] = "tel" if value_type != "bank_card" else "numeric"
        elif value_type == "email":
            own["inputmode"] = "email"
        if value_type in ("", "name"):
            own["maxlength"] = self.spec.max_length
        return own


class TextAreaField(ValueField):
    """Several lines. `data-maxlength` is for a counter: a hard limit would cut off what is pasted without a word."""

    widget = widgets.TextAreaWidget()

    def attributes(self) -> dict[str, Any]:
        """Add the size and the counter's limit."""
        own = super().attributes()
        del own["type"]
        rows = 4 if (self.spec.max_length or 0) <= 500 else 10
        return {**own, "rows": rows, "data_maxlength": self.spec.max_length}


class NumberField(ValueField):
    """A number, typed into a text input: number inputs change on the mouse wheel and drop what they do not like."""

    def read(self) -> Value:
        """Return exact text, or an int for whole numbers."""
        return read_number(self.raw[0], self.spec)

    def attributes(self) -> dict[str, Any]:
        """Add the keyboard of a phone, and the most that may be given, for a script that adds up."""
        whole = self.spec.decimal_digits == 0 and (self.spec.minimum or "-").lstrip("+")[0] != "-"
        most = {} if self.spec.maximum is None else {"data-most": self.spec.maximum}
        return {**super().attributes(), "inputmode": "numeric" if whole else "decimal", "maxlength": 30, **most}


class DateField(ValueField):
    """A day."""

    def read(self) -> Value:
        """Return ISO text."""
        return read_date(self.raw[0], self.spec, today=self.today)

    def shown(self) -> str:
        """Return what the browser's date input takes; nothing else can be shown in it."""
        return self.data if isinstance(self.data, str) else super().shown()

    def draft(self) -> Value:
        """Return what was sent."""
        return ValueField.shown(self) or None

    def attributes(self) -> dict[str, Any]:
        """A wrong date is shown in a text input, so that it can be corrected."""
        earliest = self.today.isoformat() if self.spec.properties.get("disallowPassedDates") == "true" else "1900-01-01"
        own = super().attributes()
        return {**own, "type": "text"} if self.problem else {**own, "type": "date", "min": earliest, "max": "2100-12-31"}


class MomentField(DateField):
    """A day and the time of day, in the zone of the district."""

    def read(self) -> Value:
        """Return ISO text with the offset."""
        return read_moment(self.raw[0], self.spec, today=self.today)

    def shown(self) -> str:
        """Return local time without the offset, as the browser's input wants it."""
        return self.data[:16] if isinstance(self.data, str) else ValueField.shown(self)

    def attributes(self) -> dict[str, Any]:
        """Use the browser's input for date and time, without bounds: those are checked here."""
        own = {name: value for name, value in super().attributes().items() if name not in ("min", "max")}
        return {**own, "type": "text" if self.problem else "datetime-local"}


class CheckboxField(ValueField):
    """Yes or no. Not sent means no."""

    verb = "勾选"
    widget = widgets.CheckboxWidget()

    @property
    def ticked(self) -> bool:
        """Say whether the box is ticked."""
        return self.data is True

    def read(self) -> Value:
        """Return True or False."""
        if self.raw[0] not in ("true", "false", "on", "1", "y"):
            raise Refused(f"“{self.spec.label}”只能勾选或不勾选，请重新选择")
        return self.raw[0] != "false"

    def empty_value(self) -> Value:
        """Return False."""
        return False

    def text(self) -> str:
        """Return `true` or `false`."""
        return "true" if self.ticked else "false"

    def draft(self) -> Value:
        """Return whether it is ticked."""
        return self.ticked

    def attributes(self) -> dict[str, Any]:
        """Boxes cannot be read-only, only disabled."""
        own = {name: value for name, value in super().attributes().items() if name not in ("readonly", "autocomplete")}
        return {**own, "type": "checkbox", "disabled": self.spec.readonly}


def _as_text(value: object) -> str:
    if value is None or isinstance(value, (list, dict)):
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
