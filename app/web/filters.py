"""How moments, sizes and people read on a page."""

from datetime import datetime
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for

from app.domain.actors import ROLE_TITLES, Actor
from app.domain.clock import cn_date, local
from app.domain.masking import mask_bank, mask_id, mask_phone
from app.formkit.values import Shown
from app.web import navigation
from app.web.house import context


def day(moment: datetime) -> str:
    """Return 2026年11月22日, for text."""
    return cn_date(local(moment))


def day_short(moment: datetime) -> str:
    """Return 2026-11-22, for tables."""
    return local(moment).strftime("%Y-%m-%d")


def moment_short(moment: datetime) -> str:
    """Return 2026-11-22 14:03, for tables and timelines."""
    return local(moment).strftime("%Y-%m-%d %H:%M")


def file_size(count: int) -> str:
    """Return 812 KB or 3.4 MB."""
    return f"{max(1, round(count / 1024))} KB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f}".removesuffix(".0") + " MB"


def roles_of(actor: Actor) -> str:
    """Return the titles of an actor's roles in the order of the handbook."""
    return "、".join(title for role, title in ROLE_TITLES.items() if role in actor.roles)


def with_arguments(**changed: object) -> str:
    """Return the address of this page with some of its arguments changed; None or an empty text drops one."""
    merged = {**request.args.to_dict(), **changed}
    text = urlencode({name: value for name, value in merged.items() if value not in (None, "")})
    return f"{request.path}?{text}" if text else request.path


def vendor(name: str) -> str:
    """Return the address of a bundled file."""
    return url_for("static", filename=f"vendor/{name}")


def has_page(endpoint: str) -> bool:
    """Tell whether the application has a page behind this endpoint."""
    return endpoint in current_app.view_functions


_MASKS = {"id_number": mask_id, "mobile": mask_phone, "bank_card": mask_bank}


def masked(shown: Shown) -> str:
    """Return the text of a line; of what the form calls sensitive, only enough to recognise it (domain handbook 3.4)."""
    if not shown.sensitive or shown.value in (None, "", []):
        return shown.text
    mask = _MASKS.get(shown.field.properties.get("valueType", ""))
    return mask(shown.text) if mask else "（已填写，此处不显示）"


def masked_table(shown: Shown) -> list[tuple[str, ...]]:
    """Return the rows of a list, the columns that the form calls sensitive masked."""
    hidden = {column.label for row in shown.cells for column in row if column.sensitive}
    return [
        tuple("（已填写）" if title in hidden and text else text for title, text in zip(shown.columns, row, strict=False))
        for row in shown.table
    ]


def init_filters(app: Flask) -> None:
    """Make them known to the templates."""
    app.jinja_env.filters |= {
        "day": day,
        "cn_date": cn_date,
        "day_short": day_short,
        "moment_short": moment_short,
        "file_size": file_size,
        "roles_of": roles_of,
        "masked": masked,
        "masked_table": masked_table,
    }
    app.jinja_env.globals |= {"with_arguments": with_arguments, "vendor": vendor, "has_page": has_page}
    app.jinja_env.globals["entries"] = navigation.entries
    app.context_processor(lambda: {"synthetic": context().synthetic})
