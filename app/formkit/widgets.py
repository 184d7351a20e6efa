"""HTML of single inputs: no inline style or script, names and errors tied to their input for screen readers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from app.formkit.choice_fields import ChoiceField, FileField
    from app.formkit.fields import CheckboxField, ValueField


Widget = Callable[..., Markup]


def _attributes(field: "ValueField", given: dict[str, Any]) -> str:
    """Return the attributes as HTML: True is a name alone, False and None are nothing, `aria_invalid` is aria-invalid.

    WTForms has the like, and fills in a template for each attribute: that took half the time of a page with a long form.
    """
    written = []
    for name, value in sorted({**field.attributes(), **given}.items()):
        html_name = name.rstrip("_").replace("_", "-")
        if value is True:
            written.append(html_name)
        elif value is not False and value is not None:
            written.append(f'{html_name}="{escape(str(value))}"')
    return " ".join(written)


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
