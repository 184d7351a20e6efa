"""What a form asks for, independent of how it is stored (form-js JSON) and of how it is shown (WTForms)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

FieldKind = Literal[
    "text",
    "textarea",
    "number",
    "date",
    "datetime",
    "checkbox",
    "checklist",
    "radio",
    "select",
    "file",
    "group",
    "list",
    "static",
]
"""`group` and `list` hold other fields; `static` shows text, a heading or a rule and holds no value."""

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]
"""A JSON value. Numbers that need exactness are kept as text (`Decimal` is made where it is reckoned with)."""

Values = dict[str, Value]

PLACE = re.compile(r"(?<!\{)\{([a-z_]+)\}(?!\})")
"""Where a text says a number of the round, e.g. `{notice_days}`."""


@dataclass(frozen=True)
class Option:
    """One choice: the value that is stored and the label that is read."""

    value: str
    label: str


@dataclass(frozen=True)
class Condition:
    """Hide a field while `key` of the same form is (or is not) one of `values`."""

    key: str
    values: tuple[str, ...]
    hide_when_in: bool = True


@dataclass(frozen=True)
class Field:
    """One component of a form."""

    key: str
    kind: FieldKind
    label: str
    description: str = ""
    required: bool = False
    readonly: bool = False
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    pattern_message: str = ""
    minimum: str | None = None
    maximum: str | None = None
    decimal_digits: int | None = None
    options: tuple[Option, ...] = ()
    options_source: str | None = None
    repeat_for: str | None = None
    accept: str = ""
    multiple: bool = False
    text: str = ""
    default: Value = None
    columns: int | None = None
    condition: Condition | None = None
    fields: tuple["Field", ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_decision(self) -> bool:
        """Tell whether the field is shown as the form's buttons: its value is what was decided."""
        return self.properties.get("buttons") == "true"

    @cached_property
    def says_numbers(self) -> bool:
        """Tell whether a text of the field, or of one that it holds, says a number of the round. Looked up once."""
        read = (self.label, self.description, self.text, *(option.label for option in self.options))
        return any(PLACE.search(each) for each in read) or any(each.says_numbers for each in self.fields)


@dataclass(frozen=True)
class FormSpec:
    """A form: its key inside the package, its title and its components in order."""

    key: str
    title: str
    fields: tuple[Field, ...]

    @cached_property
    def every(self) -> tuple[Field, ...]:
        """Return every component in the order of the page, frames before what they hold. Gathered once."""
        return tuple(walk(self.fields))


def walk(fields: Iterable[Field]) -> Iterator[Field]:
    """Yield components and what they hold, frames before what is in them."""
    for each in fields:
        yield each
        yield from walk(each.fields)
