"""What can be said of a template's sources without running them: syntax, names, addresses, fonts, each with its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from jinja2 import TemplateSyntaxError, meta, nodes

from app.documents.faults import line_of
from app.documents.fonts import FontRole
from app.documents.sandbox import parse_source, why_unreadable
from app.documents.templates import Template

HTML, CSS = "template.html", "style.css"

_LOADED = re.compile(r"""\b(?:src|xlink:href)\s*=\s*["']([^"']*)["']|<link\b[^>]*?\bhref\s*=\s*["']([^"']*)["']""", re.IGNORECASE)
_URL = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])([^"')]*)""", re.IGNORECASE)
_FAMILY = re.compile(r"""font-family\s*:\s*((?:"[^"\n]*"|'[^'\n]*'|[^;}"'<>])*)""", re.IGNORECASE)
_SHORT_FONT = re.compile(r"""(?<![\w-])font\s*:\s*((?:"[^"\n]*"|'[^'\n]*'|[^;}"'<>])*)""", re.IGNORECASE)
# What the shorthand may hold beside a family: sizes begin with a digit, a dot or a function.
_FONT_WORDS = frozenset(
    [
        "normal",
        "italic",
        "oblique",
        "bold",
        "bolder",
        "lighter",
        "small-caps",
        "inherit",
        "initial",
        "unset",
        "smaller",
        "larger",
        "!important",
    ]
)
_OWN_FONT = re.compile(r"@font-face\b", re.IGNORECASE)
_ROLE = re.compile(r"var\(--([\w-]+)\)")
_NO_FAMILY = re.compile(r"(?:inherit|initial|unset)?\s*(?:!important)?")
_COMMENT = re.compile(r"/\*.*?\*/|<!--.*?-->|\{#.*?#\}", re.DOTALL)
_USABLE = "、".join(f"var(--{role})" for role in FontRole)


@dataclass(frozen=True)
class TemplateFinding:
    """One thing that is wrong: where, a sentence with its cure, and whether the template may be deployed with it."""

    file: str
    line: int
    message: str
    severity: Literal["error", "warning"] = "error"


def source_findings(source: str, *, fields: frozenset[str] | None) -> Iterator[TemplateFinding]:
    """Yield what is wrong with the language of `template.html`; without `fields` its names are not judged."""
    try:
        tree = parse_source(source)
    except TemplateSyntaxError as error:
        yield TemplateFinding(HTML, error.lineno, f"第{error.lineno}行{why_unreadable(error)}。")
        return
    for outside in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        message = f"第{outside.lineno}行引用了别的模板。每份模板独立成文，请把内容写在这里。"
        yield TemplateFinding(HTML, outside.lineno, message)
    # A name that is set within a condition counts as unknown behind it; whether it always has a value, the rendering finds out.
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx in ("store", "param")}
    unknown = meta.find_undeclared_variables(tree) - fields - own if fields is not None else set()
    for name in tree.find_all(nodes.Name):
        if name.name in unknown and name.ctx == "load":
            message = f"第{name.lineno}行用到了没有声明的“{name.name}”，请核对字段名，或在 metadata.toml 中声明。"
            yield TemplateFinding(HTML, name.lineno, message)


def address_findings(template: Template) -> Iterator[TemplateFinding]:
    """Yield each address in a template that is no picture of its own: nothing else is ever loaded."""
    for file, text in _texts(template):
        patterns = (_LOADED, _URL) if file == HTML else (_URL,)
        for match in (match for pattern in patterns for match in pattern.finditer(text)):
            address = next((group for group in match.groups() if group is not None), "").strip()
            if "{{" in address or address.startswith(("qr:", "#")) or address in template.pictures:
                continue
            line = line_of(text, match.start())
            shown = f"“{address[:80]}”" if address else "一个空地址"
            message = f"第{line}行引用了{shown}。模板只能用自己文件夹里的图片，请先上传图片，再按文件名引用。"
            yield TemplateFinding(file, line, message)


def font_findings(template: Template) -> Iterator[TemplateFinding]:
    """Yield each font that is none of the prescribed roles: another machine would silently take another one."""
    for file, text in _texts(template):
        named = [(match.start(), _wrong_family(match[1])) for match in _FAMILY.finditer(text)]
        named += [(match.start(), _wrong_in_short(match[1])) for match in _SHORT_FONT.finditer(text)]
        for line, wrong in ((line_of(text, place), wrong) for place, wrong in named if wrong):
            yield TemplateFinding(file, line, f"第{line}行的字体“{wrong}”没有安装。请改用 {_USABLE}。")
        for match in _OWN_FONT.finditer(text):
            line = line_of(text, match.start())
            yield TemplateFinding(file, line, f"第{line}行自带字体。文书只用系统安装的字体，请改用 {_USABLE}。")


def unused_findings(template: Template) -> Iterator[TemplateFinding]:
    """Yield pictures that no page shows, as warnings."""
    shown = template.html + template.css
    for name in template.pictures:
        if name not in shown:
            yield TemplateFinding(name, 0, f"图片“{name}”没有用到，可以删去。", "warning")


def _texts(template: Template) -> tuple[tuple[str, str], ...]:
    return (HTML, _without_comments(template.html)), (CSS, _without_comments(template.css))


def _without_comments(text: str) -> str:
    """Blank comments out, so that every line keeps its number."""
    return _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)


def _wrong_family(value: str) -> str:
    """Return the first family of a list that is no role of ours, "" when all are."""
    for part in value.split(","):
        wrong = _wrong_role(part)
        if wrong:
            return wrong
        rest = _ROLE.sub("", part).strip()
        if not _NO_FAMILY.fullmatch(rest) and "{{" not in rest:
            return rest.strip("\"' ")[:40]
    return ""


def _wrong_in_short(value: str) -> str:
    """Return the first family in a `font` shorthand that is no role of ours, "" when all are."""
    rest = re.sub(r"\{\{.*?\}\}", "", _ROLE.sub("", value))
    words = re.findall(r"""["'][^"']*["']|!?[^\s,/]+""", rest)
    families = (word.strip("\"'")[:40] for word in words if word[0] in "\"'" or word[0].isalpha())
    return _wrong_role(value) or next((word for word in families if word.lower() not in _FONT_WORDS and "(" not in word), "")


def _wrong_role(value: str) -> str:
    return next((role[0] for role in _ROLE.finditer(value) if role[1] not in set(FontRole)), "")
