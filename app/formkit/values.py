"""What leaves a form: values to store, drafts, and the few that become process variables."""

from collections.abc import Iterable, Mapping
from datetime import date

from app.domain.errors import InvalidValues
from app.domain.fields import FormSpec, Value, Values
from app.formkit.build import BoundForm, FormData, bind
from app.formkit.sources import Sources
from app.formkit.summary import Shown, summary

__all__ = ["Shown", "collect", "collect_draft", "exports", "summary"]


def collect(form: BoundForm) -> Values:
    """Return the JSON values of a form that `validate` accepted; what is hidden is left out."""
    if not form.accepted:
        raise RuntimeError("collect() needs a form that validate() accepted")
    return form.values()


def collect_draft(spec: FormSpec, *, sources: Sources, formdata: FormData) -> Values:
    """Return what was sent without judging it, fit for `bind(data=…)`. Read-only fields are left out: merge with their values."""
    # Nothing is checked here, so that any day will do as today.
    return bind(spec, sources=sources, today=date.max, formdata=formdata).draft()


def exports(values: Mapping[str, Value], names: Iterable[str]) -> dict[str, str | int | float | bool | None]:
    """Return the named single values, None where there is none. Raises `InvalidValues` for a list or a group."""
    found: dict[str, str | int | float | bool | None] = {}
    for name in names:
        value = values.get(name)
        if isinstance(value, (list, dict)):
            raise InvalidValues("form.export", f"表单字段“{name}”是列表或分组，不能作为流程变量。请联系流程管理员修改流程定义")
        found[name] = value
    return found
