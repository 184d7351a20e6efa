"""The cage in which template sources run: plain values, a handful of filters, no call, no file, no name that is not given."""

import re
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.documents.context import Plain
from app.documents.filters import filters
from app.documents.templates import Template
from app.domain.errors import DomainError

KEPT_FILTERS = ("e", "escape", "join", "length", "first", "last", "batch", "round", "int")
MAX_HTML = 5_000_000


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

    Raises `DomainError`: "template_syntax" and "template_undefined" with the line, "template_forbidden" for an attempt to
    leave the sandbox.
    """
    try:
        body: str = _compiled(template.html).render(values)
    except TemplateSyntaxError as error:
        raise DomainError(
            "template_syntax", f"模板“{template.key}”第{error.lineno}行写法有误，请检查括号和标签是否成对。"
        ) from error
    except SecurityError as error:
        message = f"模板“{template.key}”{_line(error)}用了不允许的写法，模板只能显示数据和使用规定的过滤器。"
        raise DomainError("template_forbidden", message) from error
    except UndefinedError as error:
        name = re.search(r"'([^']+)'(?! object)", str(error).split("has no attribute")[-1])
        what = f"“{name.group(1)}”" if name else "一个名称"
        raise DomainError(
            "template_undefined", f"模板“{template.key}”{_line(error)}用到了没有声明的{what}，请核对字段名。"
        ) from error
    except (TemplateError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        message = f"模板“{template.key}”{_line(error)}用数据的方式不对，请核对字段类型和过滤器。"
        raise DomainError("template_values", message) from error
    if len(body) > MAX_HTML:
        raise DomainError("template_too_long", f"模板“{template.key}”生成的内容过长，请分批生成。")
    return body


@lru_cache(maxsize=64)
def _compiled(source: str) -> Any:
    cage = Cage(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    kept = {name: cage.filters[name] for name in KEPT_FILTERS}
    cage.filters.clear()
    cage.filters.update({**kept, **filters()})
    cage.globals.clear()
    return cage.from_string(source)


def _line(error: BaseException) -> str:
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"第{line}行" if line else ""
