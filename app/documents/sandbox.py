"""The cage in which template sources run: plain values, a handful of filters, no call, no file, no name that is not given."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateAssertionError, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.nodes import Template as Source
from jinja2.runtime import LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.documents.context import Plain
from app.documents.faults import TemplateFault
from app.documents.filters import filters
from app.documents.templates import Template
from app.domain.errors import DomainError

KEPT_FILTERS = ("e", "escape", "join", "length", "first", "last", "batch", "round", "int")
MAX_HTML = 5_000_000
_TOO_DEEP = "循环和条件套得太深，请减少层次"


class Cage(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, tightened: only macros and loop helpers can be called, and text cannot be multiplied."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def is_safe_callable(self, obj: Any) -> bool:
        """Refuse every call except a macro of the template itself and the helpers of a loop."""
        return isinstance(obj, Macro) or isinstance(getattr(obj, "__self__", None), LoopContext)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Let numbers be multiplied, but no text or list: that would fill the memory in one expression."""
        if operator == "**" or not isinstance(left, int) or not isinstance(right, int):
            raise SecurityError("operator")
        return super().call_binop(context, operator, left, right)


def render_body(template: Template, values: dict[str, Plain]) -> str:
    """Run a template's source over plain values and return the HTML of the page's body.

    Raises `TemplateFault` with the line: "template_syntax", "template_undefined", "template_forbidden" for an attempt to leave
    the sandbox, "template_values" for data used in the wrong way.
    """
    try:
        body: str = _compiled(template.html).render(values)
    except TemplateSyntaxError as error:
        raise _fault("template_syntax", template, error.lineno, f"{why_unreadable(error)}。") from error
    except SecurityError as error:
        why = "用了不允许的写法，模板只能显示数据和使用规定的过滤器。"
        raise _fault("template_forbidden", template, _line(error), why) from error
    except UndefinedError as error:
        name = re.search(r"'([^']+)'(?! object)", str(error).split("has no attribute")[-1])
        what = f"“{name.group(1)}”" if name else "一个名称"
        raise _fault("template_undefined", template, _line(error), f"用到了没有声明的{what}，请核对字段名。") from error
    except DomainError as error:
        # A filter refuses a value, e.g. a name that fits no longer: the sentence is for people, the place for the editor.
        raise TemplateFault(error.code, error.message, file="template.html", line=_line(error)) from error
    except (TemplateError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        why = "用数据的方式不对，请核对字段类型和过滤器。"
        raise _fault("template_values", template, _line(error), why) from error
    if len(body) > MAX_HTML:
        raise DomainError("template_too_long", f"模板“{template.key}”生成的内容过长，请分批生成。")
    return body


def parse_source(source: str) -> Source:
    """Return the syntax tree of a template's source, filters checked. Raises Jinja's `TemplateSyntaxError`."""
    cage = _cage()
    with _depth_told():
        cage.compile(source)
    return cage.parse(source)


def why_unreadable(error: TemplateSyntaxError) -> str:
    """Return in Chinese what Jinja says of a source that it cannot read."""
    said = error.message or ""
    named = re.search(r"'([^']+)'", said)
    what = named[1] if named else ""
    if isinstance(error, TemplateAssertionError):
        return f"用了没有的过滤器或测试“{what}”，可以用：{'、'.join((*KEPT_FILTERS, *filters()))}"
    if "looking for the following tags" in said or "Unexpected end of template" in said:
        tags = re.findall(r"'(\w+)'", said.partition("following tags")[2].partition("innermost")[0])
        return f"这里的标签没有结束，缺少 {{% {tags[-1] if tags else 'end…'} %}}"
    if "unknown tag" in said:
        return f"没有标签“{what}”，可以用 if、for、set、macro"
    return _TOO_DEEP if said == _TOO_DEEP else "写法有误，请检查括号和标签是否成对"


@lru_cache(maxsize=64)
def _compiled(source: str) -> Any:
    with _depth_told():
        return _cage().from_string(source)


@contextmanager
def _depth_told() -> Iterator[None]:
    """Make what only Python finds fault with, loops that are nested too deeply, a fault of syntax like others."""
    try:
        yield
    except SyntaxError as error:
        raise TemplateSyntaxError(_TOO_DEEP, 1) from error


def _cage() -> Cage:
    cage = Cage(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    kept = {name: cage.filters[name] for name in KEPT_FILTERS}
    cage.filters.clear()
    cage.filters.update({**kept, **filters()})
    cage.globals.clear()
    return cage


def _fault(code: str, template: Template, line: int, why: str) -> TemplateFault:
    place = f"第{line}行" if line else ""
    return TemplateFault(code, f"模板“{template.key}”{place}{why}", file="template.html", line=line)


def _line(error: BaseException) -> int:
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
