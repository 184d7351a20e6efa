"""Makes the files of certificates from their frozen values: printed, read back, signed, stored, and then entered in the register."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from app.documents.context import Plain, expected_texts
from app.documents.papers_apart import TIME_LIMIT
from app.documents.rooms import LimitsBroken
from app.documents.templates import Template
from app.domain.errors import DomainError, TryAgain
from app.domain.rounds import settings_from_json
from app.persistence.models import Certificate, CertificateEvent, IssuedPaper, SelectionRound, SigningCertificate
from app.persistence.upsert import insert_once, insert_rows
from app.services.context import Context, Transaction
from app.services.issuing.papers import printed_values, template_of
from app.services.issuing.serials import shown_code, verification_url
from app.services.issuing.templates import template_by_id, version_id_of

if TYPE_CHECKING:
    from app.documents.press_apart import PressApart
    from app.documents.signing import Credential

REASON = "制发证书"
_OVER = "证书登记后已作废、撤销或补发，不再制作。"


@dataclass(frozen=True)
class Made:
    """A certificate that was printed and stored, or the reason why it cannot be (`sha256` None)."""

    certificate_id: int
    sha256: str | None
    refusal: str = ""
    template_version_id: int = 0
    values_json: str = ""
    signed_with: "Credential | None" = None


@dataclass(frozen=True)
class Order:
    """What a certificate's page is made of."""

    certificate_id: int
    serial: str
    template: Template
    template_version_id: int
    values: Mapping[str, Plain]
    expected: tuple[str, ...]


class Printer:
    """Prints the certificates of a batch. Fonts are cut once for each template, to the characters of all its certificates.

    Each template runs in a process of its own until `close`. One that breaks its limits is not tried again in this batch.
    """

    def __init__(self, context: Context, *, certificate_ids: Sequence[int], time_limit: float = TIME_LIMIT) -> None:
        """`time_limit` in seconds for each step. Raises `DomainError` when no valid credential is there to sign with."""
        self._context, self._time_limit = context, time_limit
        self._credential = context.signing.open(now=context.clock())
        self._presses: dict[int, PressApart | LimitsBroken] = {}
        self._refused: dict[int, Made] = {}
        self._orders: dict[int, Order] = {}
        self._take(certificate_ids)

    def print(self, certificate_ids: Sequence[int]) -> list[Made]:
        """Print, sign, read back and store some certificates. No transaction is open meanwhile.

        What cannot be printed comes back with its reason. Raises `TryAgain` when the store is full.
        """
        self._take([one for one in certificate_ids if one not in self._orders])
        made = [self._refused.pop(one) for one in certificate_ids if one in self._refused]
        for version_id, orders in _by_template([self._orders.pop(one) for one in certificate_ids if one in self._orders]).items():
            made += self._of_version(version_id, orders)
        return made

    def _take(self, certificate_ids: Sequence[int]) -> None:
        for order in _orders(self._context, certificate_ids):
            if isinstance(order, Made):
                self._refused[order.certificate_id] = order
            else:
                self._orders[order.certificate_id] = order

    def close(self) -> None:
        """End the processes in which the templates run."""
        for press in self._presses.values():
            if not isinstance(press, LimitsBroken):
                press.close()

    def _press(self, version_id: int, orders: Sequence[Order]) -> "PressApart":
        from app.documents.press_apart import PressApart  # slow import: pyHanko

        if version_id not in self._presses:
            waiting = [order for order in self._orders.values() if order.template_version_id == version_id]
            self._presses[version_id] = PressApart(
                orders[0].template, [order.values for order in (*orders, *waiting)], credential=self._credential, reason=REASON,
                at=self._context.clock(), time_limit=self._time_limit,
            )  # fmt: skip
        found = self._presses[version_id]
        if isinstance(found, LimitsBroken):
            raise found
        return found

    def _of_version(self, version_id: int, orders: Sequence[Order]) -> list[Made]:
        """Print the certificates of one template; where it breaks its limits, none of them, now or later in this batch."""
        try:
            return self._some(self._press(version_id, orders), orders)
        except LimitsBroken as error:
            self._presses[version_id] = error
            return [Made(order.certificate_id, None, refusal=error.message) for order in orders]

    def _some(self, press: "PressApart", orders: Sequence[Order]) -> list[Made]:
        try:
            return self._kept(press, orders)
        except (TryAgain, LimitsBroken):
            raise  # the store is full, or the template hangs: no fault of a certificate
        except DomainError as error:
            if len(orders) == 1:
                return [Made(orders[0].certificate_id, None, refusal=error.message)]
            # One of them cannot be printed; alone each says for itself.
            return [made for order in orders for made in self._some(press, [order])]

    def _kept(self, press: "PressApart", orders: Sequence[Order]) -> list[Made]:
        from app.documents.press import Sheet  # slow import: WeasyPrint and pyHanko
        from app.documents.readback import require_texts  # slow import: pypdf

        made, sheets = [], [Sheet(order.values, order.serial) for order in orders]
        for order, pdf in zip(orders, press.print(sheets), strict=True):
            require_texts(pdf, expected=order.expected)
            stored = self._context.files.put(io.BytesIO(pdf), name=f"{order.serial}.pdf")
            values = json.dumps(order.values, ensure_ascii=False)
            made.append(Made(order.certificate_id, stored.sha256, "", order.template_version_id, values, self._credential))
        return made


def enter(tx: Transaction, some: Sequence[Made]) -> None:
    """Enter printed certificates in the register: the hash of the file, the event, the paper's values, who signed."""
    made = [one for one in some if one.sha256 is not None]
    if not made:
        return
    papers = [
        {
            "sha256": one.sha256,
            "template_version_id": one.template_version_id,
            "values_json": one.values_json,
            "rendered_at": tx.now,
            "signed_with": one.signed_with.fingerprint if one.signed_with is not None else None,
        }
        for one in made
    ]
    insert_once(tx.session, IssuedPaper, papers)
    for one in made:
        tx.session.execute(update(Certificate).where(Certificate.id == one.certificate_id).values(pdf_sha256=one.sha256))
    events = [
        {
            "certificate_id": one.certificate_id,
            "kind": "made",
            "at": tx.now,
            "by": None,
            "reason": "",
            "basis": "",
            "sha256": one.sha256,
        }
        for one in made
    ]
    insert_rows(tx.session, CertificateEvent, events)
    signed_with = made[0].signed_with
    assert signed_with is not None
    remember(tx, signed_with)


def still_valid(tx: Transaction, some: Sequence[Made]) -> list[Made]:
    """Return what was printed, refused where its certificate has lost its force meanwhile. Locks the others until the commit."""
    wanted = sorted(one.certificate_id for one in some)
    query = select(Certificate.id).where(Certificate.id.in_(wanted), Certificate.state == "valid").order_by(Certificate.id)
    valid = set(tx.session.scalars(query.with_for_update()))
    return [one if one.certificate_id in valid or one.sha256 is None else Made(one.certificate_id, None, _OVER) for one in some]


def remember(tx: Transaction, credential: "Credential") -> None:
    """Keep the certificate that something was signed with, so that its signatures stay ours when it is exchanged."""
    row = {
        "fingerprint": credential.fingerprint,
        "subject": credential.subject[:200],
        "der": credential.der,
        "not_after": credential.not_after,
        "first_used_at": tx.now,
    }
    insert_once(tx.session, SigningCertificate, [row])


def _by_template(orders: Sequence[Order]) -> dict[int, list[Order]]:
    found: dict[int, list[Order]] = {}
    for order in orders:
        found.setdefault(order.template_version_id, []).append(order)
    return found


def _orders(context: Context, certificate_ids: Sequence[int]) -> list[Order | Made]:
    """Return what is to be printed, and in place of what has values that its template does not take, the refusal."""
    if not certificate_ids:
        return []
    query = (
        select(Certificate, SelectionRound)
        .join(SelectionRound, SelectionRound.id == Certificate.round_id)
        .where(Certificate.id.in_(certificate_ids))
        .order_by(Certificate.id)
    )
    with context.reading() as tx:
        templates: dict[int | None, Template] = {}
        return [_judged(tx, row, round_, templates) for row, round_ in tx.session.execute(query)]


def _judged(tx: Transaction, row: Certificate, round_: SelectionRound, templates: dict[int | None, Template]) -> Order | Made:
    if row.state != "valid":
        return Made(row.id, None, refusal=_OVER)
    try:
        return _order(tx, row, round_, templates)
    except DomainError as error:
        return Made(row.id, None, refusal=error.message)


def _design(tx: Transaction, round_: SelectionRound) -> Template:
    """Return the template of a certificate that was registered before its version was kept with it: the choice of the round's plan."""
    return template_of(tx, round_.procedure, settings_from_json(json.loads(round_.settings_json)).certificate_template)


def _order(tx: Transaction, row: Certificate, round_: SelectionRound, templates: dict[int | None, Template]) -> Order:
    frozen = row.template_version_id
    if frozen not in templates:
        templates[frozen] = _design(tx, round_) if frozen is None else template_by_id(tx, frozen)
    template, own = templates[frozen], json.loads(row.values_json)
    values: dict[str, Any] = {
        **own,
        "issuing_bodies": row.issuers.split("、"),
        "issued_on": date.fromisoformat(row.issued_on),
        "serial": row.serial,
        "verification_url": verification_url(tx.context, serial=row.serial, code=row.check_code),
        "check_code": shown_code(row.check_code),
    }
    printed = printed_values(template, values, synthetic=tx.context.synthetic)
    return Order(
        certificate_id=row.id,
        serial=row.serial,
        template=template,
        template_version_id=frozen if frozen is not None else version_id_of(tx, template),
        values=printed,
        expected=(row.name, row.serial, row.title, *(text for _, text in expected_texts(printed, template))),
    )
