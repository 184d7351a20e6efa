"""A form as people will see it, rendered with the fields and macros of the work item, with samples in place of named lists."""

import json
from dataclasses import dataclass

from flask import render_template

from app.domain.clock import local
from app.domain.errors import DomainError
from app.domain.fields import Field
from app.domain.lists import listed
from app.formkit.build import bind
from app.formkit.findings import Finding, FormError
from app.formkit.rows import rows
from app.formkit.schema import read_form
from app.services.studio.sample_lists import sample_sources
from app.web.house import context
from app.web.tasks.sheet import Button, sections


@dataclass(frozen=True)
class PreviewSheet:
    """What the bar of decisions shows of a form."""

    decision: Field | None
    buttons: tuple[Button, ...]
    submit: str = "提交"


def preview_of(file: str, content: str) -> tuple[str, tuple[Finding, ...]]:
    """Return the form as HTML and what is wrong with it; a form that does not build has no HTML."""
    key = file.rpartition("/")[2].removesuffix(".json") or "form"
    try:
        spec = read_form(key, json.loads(content))
        form = bind(spec, sources=sample_sources(context().registry), today=local(context().clock()).date())
    except FormError as error:
        return "", error.findings
    except DomainError as error:
        return "", (Finding("", error.message),)
    except (ValueError, RecursionError):
        return "", (Finding("", "表单内容不是有效的 JSON，请撤销最近的改动。"),)
    decision = next((field for field in form.specs if field.is_decision), None)
    shown = [row for row in rows(form) if decision is None or row.spec is not decision]
    sheet = PreviewSheet(decision, plain_buttons(decision) if decision else ())
    return render_template("studio/_preview.html", title=spec.title, parts=tuple(sections(shown)), sheet=sheet), ()


def plain_buttons(decision: Field) -> tuple[Button, ...]:
    """Return the buttons of a decision that ask no question first: nothing real follows."""
    dangers = listed(decision.properties.get("danger", ""))
    return tuple(Button(option.value, option.label, option.value in dangers, "") for option in decision.options)
