"""HTML of single inputs: no inline style or script, names and errors tied to their input for screen readers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from wtforms.widgets import html_params

if TYPE_CHECKING:
    from app.formkit.choice_fields import ChoiceField, FileField
    from app.formkit.fields import CheckboxField, ValueField


Widget = Callable[..., Markup]


def _attributes(field: "ValueField", given: dict[str, Any]) -> str:
    return str(html_params(**{**field.attributes(), **given}))


class InputWidget:
    """One `<input>`."""

    def __call__(self, field: "ValueField", **given: Any) -> Markup:
        """Render with extra attributes (`class_` and so on)."""
        return Markup("<input %s>") % Markup(_attributes(field, {"value": field.shown(), **given}))


class TextAreaWidget:
    """One `<textarea>`. The browser drops the first newline, so that one is put before the text."""

    def __call__(self, field: "ValueField", **given: Any) -> Markup:
        """Render with extra attributes."""
        return Markup("<textarea %s>\n%s</textarea>") % (Markup(_attributes(field, given)), field.shown())


class CheckboxWidget:
    """One checkbox."""

    def __call__(self, field: "CheckboxField", **given: Any) -> Markup:
        """Render with extra attributes."""
        return Markup("<input %s>") % Markup(_attributes(field, {"value": "true", "checked": field.ticked, **given}))


class SelectWidget:
    """One `<select>` with an empty first choice."""

    def __call__(self, field: "ChoiceField", **given: Any) -> Markup:
        """Render with extra attributes."""
        options = [Markup('<option value="">请选择</option>')]
        for choice in field.choices:
            chosen = Markup(" selected") if choice.chosen else Markup("")
            options.append(Markup('<option value="%s"%s>%s</option>') % (choice.value, chosen, choice.label))
        return Markup("<select %s>%s</select>") % (Markup(_attributes(field, given)), Markup("").join(options))


class ChoicesWidget:
    """Radio buttons or checkboxes, one a line; the `<fieldset>` with the legend is the template's."""

    def __call__(self, field: "ChoiceField", **given: Any) -> Markup:
        """Render; `class_` goes to the inputs."""
        lines = []
        for choice in field.choices:
            own = {"id": choice.id, "value": choice.value, "checked": choice.chosen}
            attributes = Markup(_attributes(field, {**own, **given}))
            lines.append(Markup('<div><input %s> <label for="%s">%s</label></div>') % (attributes, choice.id, choice.label))
        return Markup("").join(lines)


class FileWidget:
    """The attachments held so far as hidden inputs, and a file input without a name: uploading is the page's."""

    def __call__(self, field: "FileField", **given: Any) -> Markup:
        """Render with extra attributes for the file input."""
        held = [Markup('<input type="hidden" name="%s" value="%s">') % (field.name, one) for one in field.raw]
        return Markup("%s<input %s>") % (Markup("").join(held), Markup(_attributes(field, given)))
