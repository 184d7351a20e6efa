"""Paper seals: which papers of a round wait for theirs, and the record with the scan that proves it."""

from collections.abc import Sequence

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError, InvalidValues
from app.domain.permissions import Permission, is_permitted
from app.services.audit import digest
from app.services.issuing import electronic_seals
from app.services.issuing import seals as service
from app.web import answers
from app.web.certificates.register import day_of, registry, round_title
from app.web.guards import needs
from app.web.house import config, context
from app.web.identity import current_actor

_ALL, _MANY = "all", 3
"""The tick for every paper of a group that waits for its seal, which a group of more than so many has."""
_GROUPS = {"opinion_letter": "征求意见函", service.CERTIFICATE: "荣誉证书"}
"""What there may be many of, in the order of the page."""


@registry.get("/rounds/<int:round_id>/seals")
@needs(Permission.SEE_REGISTER)
def seals(round_id: int) -> str:
    """Show the papers that wait for their seal, and those that have it."""
    return _page(round_id, {}, {}, [])


@registry.post("/rounds/<int:round_id>/seals")
@needs(Permission.ISSUE_CERTIFICATES)
def record_sealing(round_id: int) -> ResponseReturnValue:
    """Enter that papers were sealed, with the scan."""
    given = {name: answers.clean(request.form.get(name, ""), longest=200) for name in ("sealed_on", "keeper", "note")}
    chosen = request.form.getlist("papers")
    sent = request.files.get("scan")
    try:
        if sent is None or not sent.filename:
            raise InvalidValues("seal.scan", "没有收到扫描件。", fields={"scan": "请上传盖章后的扫描件。"})
        service.record_sealing(
            context(),
            actor=current_actor(),
            round_id=round_id,
            chosen=_papers(round_id, chosen),
            told=service.Sealed(day_of(given["sealed_on"], field="sealed_on"), given["keeper"], given["note"]),
            scan=sent.stream,
            scan_name=sent.filename,
        )
    except InvalidValues as error:
        return _page(round_id, given, error.fields or {"form": error.message}, chosen), 422
    except DomainError as error:
        if not error.code.startswith("file."):
            raise
        return _page(round_id, given, {"scan": error.message}, chosen), 422
    flash("用印已登记，扫描件已存入本轮文书。")
    return redirect(url_for("register.seals", round_id=round_id), 303)


@registry.post("/rounds/<int:round_id>/seals/electronic")
@needs(Permission.ISSUE_CERTIFICATES)
def seal_electronically(round_id: int) -> ResponseReturnValue:
    """Have the connected service seal papers."""
    chosen = request.form.getlist("papers")
    try:
        count = electronic_seals.seal_electronically(
            context(), actor=current_actor(), round_id=round_id, chosen=_papers(round_id, chosen)
        )
    except InvalidValues as error:
        return _page(round_id, {}, error.fields or {"form": error.message}, chosen), 422
    flash(f"{count} 份文书已加盖电子印章。")
    return redirect(url_for("register.seals", round_id=round_id), 303)


@registry.get("/seals/<int:record_id>/scan")
@needs(Permission.SEE_REGISTER)
def scan(record_id: int) -> Response:
    """Send the scan of a record; every time is in the round's history."""
    sha256, name = service.scan_of(context(), actor=current_actor(), record_id=record_id)
    return send_file(context().files.open(sha256), download_name=name, as_attachment=True)


def _papers(round_id: int, chosen: list[str]) -> list[tuple[str, int]]:
    """Return the papers that were ticked, each once; one tick may stand for all of a group, as the page has shown them."""
    parts = [one.partition("-") for one in chosen]
    wanted = [(kind, answers.whole(number)) for kind, _, number in parts if kind != _ALL]
    if ticks := [one for one, (kind, _, _) in zip(chosen, parts, strict=True) if kind == _ALL]:
        with context().reading() as tx:
            known = _ticks(service.papers(tx, round_id=round_id))
        if not known.keys() >= set(ticks):
            sentence = "页面打开以后，待用印的文书有变化，没有办理。请核对份数，重新勾选。"
            raise InvalidValues("seal.changed", sentence, fields={"papers": sentence})
        wanted += [(line.kind, line.id) for tick in ticks for line in known[tick]]
    return list(dict.fromkeys(wanted))


def _ticks(lines: Sequence[service.PaperLine]) -> dict[str, list[service.PaperLine]]:
    """Return what a tick for all of a group stands for. With a paper more it is another tick: nobody has sealed what they never saw."""
    waiting = {group: [line for line in lines if line.group == group and line.record is None] for group in _GROUPS}
    return {f"{_ALL}-{group}-{digest(' '.join(each.choice for each in those))}": those for group, those in waiting.items()}


def _page(round_id: int, given: dict[str, str], problems: dict[str, str], chosen: list[str]) -> str:
    with context().reading() as tx:
        title, lines = round_title(tx.session, round_id), service.papers(tx, round_id=round_id)
    waiting = [line for line in lines if line.record is None]
    ticks = {those[0].group: tick for tick, those in _ticks(lines).items() if len(those) > _MANY}
    return render_template(
        "certificates/seals.html",
        round_id=round_id,
        title=title,
        waiting=waiting,
        folded={group: (word, ticks[group]) for group, word in _GROUPS.items() if group in ticks},
        sealed=[line for line in lines if line.record is not None],
        given=given,
        problems=problems,
        chosen=chosen,
        limit=config().upload_limit_bytes,
        service_name=context().seals.name,
        may_issue=is_permitted(current_actor(), Permission.ISSUE_CERTIFICATES),
    )
