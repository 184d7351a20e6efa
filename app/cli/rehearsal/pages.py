"""Reading pages as a browser does: forms with their fields, what a page says, and the sentence when a step does not behave."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import html

from app.domain.errors import DomainError
from app.formkit.build import ROW_MARK

_IN_TEMPLATE = "ancestor::template"


class Misstep(DomainError):
    """A step of the rehearsal did not behave: who, on which page, with which answer, and what the page said."""

    def __init__(self, *, who: str, path: str, status: int, sentence: str) -> None:
        super().__init__("rehearsal.misstep", f"{who} 在 {path} 没有办成（状态 {status}）：{sentence}")


@dataclass
class Form:
    """One form of a page: what would be sent, and what could be."""

    element: Any
    data: list[tuple[str, str]] = field(default_factory=list)

    @property
    def action(self) -> str:
        """Where the form is sent to, empty for the page itself."""
        return self.element.get("action") or ""

    @property
    def upload_url(self) -> str:
        """Where the page sends files to."""
        return self.element.get("data-upload-url") or ""

    def controls(self, name: str) -> list[Any]:
        """Return the inputs of a name that the page really shows."""
        return self.element.xpath(f".//*[@name=$name][not({_IN_TEMPLATE})][not(self::button)]", name=name)

    def uploads(self) -> list[tuple[str, bool]]:
        """Return the file fields as (name, already holding a file)."""
        found = self.element.xpath(f".//input[@type='file'][@data-upload][not({_IN_TEMPLATE})]")
        return [(one.get("data-upload"), bool(self.get(one.get("data-upload")))) for one in found]

    def get(self, name: str) -> list[str]:
        """Return what would be sent under a name."""
        return [value for key, value in self.data if key == name]

    def fill(self, values: Mapping[str, Any]) -> None:
        """Fill in values; a name that the page does not offer, or a choice that it does not, is a `KeyError`."""
        for name, value in values.items():
            if isinstance(value, list) and value and isinstance(value[0], Mapping):
                self._rows(name, value)
            else:
                self._set(name, value, self.controls(name))

    def _rows(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        lead = f"{name}-"
        self.data = [(key, value) for key, value in self.data if not key.startswith(lead)]
        for place, row in enumerate(rows):
            for key, value in row.items():
                pattern = f"{name}-{ROW_MARK}-{key}"
                controls = self.element.xpath(".//*[@name=$name]", name=pattern)
                self._set(f"{name}-{place}-{key}", value, controls)

    def _set(self, name: str, value: Any, controls: Sequence[Any]) -> None:
        if not controls:
            raise KeyError(f"页面上没有“{name}”这一栏")
        self.data = [(key, old) for key, old in self.data if key != name]
        wanted = value if isinstance(value, list) else [value]
        for one in wanted:
            if one is False:
                continue
            text = _offered(controls, name, "true" if one is True else str(one))
            self.data.append((name, text))

    def choices(self, name: str) -> dict[str, str]:
        """Return the choices of a list, by the words that a person reads; in rows too."""
        found: dict[str, str] = {}
        for control in self.element.xpath(".//*[@name=$name]", name=name):
            if control.tag == "select":
                found |= {_words(option): option.get("value") for option in control.iter("option") if option.get("value")}
            elif control.get("type") in ("checkbox", "radio"):
                label = self.element.xpath(".//label[@for=$id]", id=control.get("id"))
                found[_words(label[0]) if label else ""] = control.get("value")
        return found

    def press(self, name: str | None, value: str | None) -> None:
        """Press a submit button: that of a decision, or the only one."""
        if name is None:
            return
        buttons = self.element.xpath(".//button[@name=$name][@value=$value]", name=name, value=value)
        if not buttons:
            raise KeyError(f"页面上没有“{name} = {value}”这个按钮")
        self.data.append((name, str(value)))


def _offered(controls: Sequence[Any], name: str, text: str) -> str:
    """Return the value as the control would send it. Choices may be meant by value or by their words."""
    first = controls[0]
    if first.tag == "select":
        options = {option.get("value"): _words(option) for option in first.iter("option")}
        return _among(options, name, text)
    if first.get("type") in ("radio", "checkbox"):
        if len(controls) == 1 and text == "true":
            return first.get("value") or "on"
        return _among({control.get("value"): _label(control) for control in controls}, name, text)
    return text


def _label(control: Any) -> str:
    """Return the words beside a box, without the help that follows them."""
    found = control.getroottree().xpath("//label[@for=$id]", id=control.get("id"))
    return (found[0].text or "").strip() if found else ""


def _among(options: Mapping[str, str], name: str, text: str) -> str:
    if text in options:
        return text
    found = [value for value, words in options.items() if words == text]
    if len(found) != 1:
        raise KeyError(f"“{name}”里没有“{text}”可选")
    return found[0]


class Page:
    """What a person sees after a request."""

    def __init__(self, path: str, response: Any) -> None:
        self.path = path
        self.status: int = response.status_code
        self.location: str = response.headers.get("Location", "")
        self.kind: str = response.mimetype
        self.body: bytes = response.data
        self._tree: Any = None

    @property
    def tree(self) -> Any:
        """The parsed page."""
        if self._tree is None:
            self._tree = html.fromstring(self.body.decode() or "<html></html>")
        return self._tree

    def forms(self) -> list[Form]:
        """Return the forms of the page with what they would send untouched."""
        return [Form(element, _data(element)) for element in self.tree.iter("form")]

    def form(self, *, action: str = "", having: str = "") -> Form:
        """Return the form that is sent to an address (a part of it is enough), or that has a field."""
        for form in self.forms():
            fits = (not action or action in form.action) and (not having or form.element.xpath(".//*[@name=$name]", name=having))
            if fits and (form.element.get("method") or "get").lower() == "post":
                return form
        raise KeyError(f"页面上没有“{having or action}”表单")

    def link(self, words: str) -> str:
        """Return the address of a link by (part of) its words or address."""
        for anchor in self.tree.iter("a"):
            if words in _words(anchor) or words in (anchor.get("href") or ""):
                return str(anchor.get("href"))
        raise KeyError(f"页面上没有“{words}”链接")

    @property
    def text(self) -> str:
        """The words of the page."""
        return _words(self.tree)

    def sentence(self) -> str:
        """Return what the page says went wrong, or its heading."""
        marks = ("error-summary", "error-what", "field-error", "notice-wrong", "row-wrong")
        where = " or ".join(f"contains(concat(' ', @class, ' '), ' {mark} ')" for mark in marks)
        found = [_words(element) for element in self.tree.xpath(f"//*[{where}]")]
        found = [words for words in found if words] or [_words(element) for element in self.tree.iter("h1", "title")]
        return "；".join(dict.fromkeys(found))[:600] or "页面没有说明原因。"


def _data(element: Any) -> list[tuple[str, str]]:
    """Return what a browser would send from a form that nobody touched."""
    sent: list[tuple[str, str]] = []
    for control in element.xpath(f".//*[@name][not({_IN_TEMPLATE})][not(@disabled)]"):
        name, kind = control.get("name"), (control.get("type") or "").lower()
        if control.tag == "select":
            chosen = [option for option in control.iter("option") if option.get("selected") is not None]
            sent += [(name, option.get("value") or "") for option in chosen or list(control.iter("option"))[:1]]
        elif control.tag == "textarea":
            sent.append((name, (control.text or "").removeprefix("\n")))
        elif control.tag == "input" and kind in ("checkbox", "radio"):
            if control.get("checked") is not None:
                sent.append((name, control.get("value") or "on"))
        elif control.tag == "input" and kind not in ("file", "submit", "button", "image"):
            sent.append((name, control.get("value") or ""))
    return sent


def _words(element: Any) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()
