"""A form that was sent: bound and checked, before the transaction where that is possible."""

from app.domain.clock import local
from app.domain.fields import FormSpec
from app.formkit.build import BoundForm, FormData, bind
from app.formkit.values import collect
from app.services.casework.forms import asks_database
from app.services.casework.work_items import Filled, OpenItem
from app.services.context import Context
from app.web.answers import whole
from app.web.tasks.sheet import bound_form, check_token, held_files


class Sent:
    """What a browser sent for a work item.

    A form that asks the database for nothing is bound and checked before the transaction begins, which keeps SQLite's other
    writers waiting; which form it is the token says, and the transaction sees whether that is true.
    """

    def __init__(self, context: Context, data: FormData, *, token: str) -> None:
        self._data, self._token = data, token
        self._spec = _named(context, token)
        self._form: BoundForm | None = None
        if self._spec is not None and not asks_database(self._spec):
            self._form = bind(self._spec, sources={}, today=local(context.clock()).date(), formdata=data)
            self._form.validate()

    def fill(self, opened: OpenItem) -> Filled:
        """Return what was filled in. Raises `Conflict` for a page that has grown stale, `InvalidValues` naming the fields."""
        check_token(opened, self._token)
        if opened.form is None:
            return Filled({}, {})
        form = self._form
        if form is None or self._spec is not opened.form:
            _, form = bound_form(opened.work.tx, opened, sent=self._data)
            form.validate()
        if not form.accepted:
            raise form.refusal()
        return Filled(collect(form), held_files(form))


def _named(context: Context, token: str) -> FormSpec | None:
    """Return the form that the token of a page names, None when its version is not in memory or has no such form."""
    parts = token.split(".", 3)
    loaded = context.procedures.known(whole(parts[2])) if len(parts) == 4 else None
    return loaded.forms.get(parts[3]) if loaded is not None else None
