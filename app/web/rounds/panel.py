"""The panel of a round: how it was drawn, who sits on it, who keeps out of whose case."""

from flask import render_template

from app.domain.permissions import Permission
from app.services.selection import round_view
from app.services.selection.panel_record import panel_record
from app.web.guards import needs
from app.web.house import context
from app.web.identity import current_actor
from app.web.rounds import words
from app.web.rounds.group import rounds


@rounds.get("/<int:round_id>/panel")
@needs(Permission.SEE_PANEL)
def panel(round_id: int) -> str:
    """Show draws with every step, members and recusals; each draw is repeated to tell whether it comes out the same."""
    with context().reading() as tx:
        view = round_view.open_round(tx, round_id=round_id)
        round_view.refuse_party(tx, actor=current_actor(), round_id=round_id)
        record = panel_record(tx, round_id=round_id)
    return render_template("rounds/panel.html", head=view.head, record=record, words=words)
