"""What is kept of the nomination form: the person, the account, and the facts that lists and notices need."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from app.domain.clock import cn_date
from app.domain.errors import Conflict, InvalidValues
from app.domain.fields import Values
from app.domain.identifiers import half_width
from app.domain.masking import mask_id, mask_phone
from app.domain.working_days import last_day_of
from app.engine.types import Variable
from app.persistence.models import Case, Nomination, OrgUnit, Person, User
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import flag, refusal, text, whole
from app.services.letters import send_letter
from app.services.registry import Recorder
from app.services.selection.nominations import CHANNELS, LOCAL_OFFICES, kind_of_end
from app.services.selection.people import Identity, keep_account, keep_person, read_identity
from app.services.selection.rounds import NOMINATION_CLOSE, require_open

SUPPLEMENT = "supplement"
FINAL = frozenset({"withdrawn", "rejected", "disqualified"})
_OFFICE, _OWNER = aliased(OrgUnit), aliased(OrgUnit)
_THEIRS = and_(
    Nomination.round_id == bindparam("round_id"),
    or_(Nomination.case_id == bindparam("case_id"), Nomination.person_id == Person.id),
)
_KNOWN = (
    select(OrgUnit, _OFFICE, Person, User, Nomination, Case, _OWNER.name)
    .outerjoin(_OFFICE, _OFFICE.id == OrgUnit.parent_id)
    .outerjoin(Person, Person.id_hash == bindparam("id_hash"))
    .outerjoin(User, User.person_id == Person.id)
    .outerjoin(Nomination, _THEIRS)
    .outerjoin(Case, Case.id == Nomination.case_id)
    .outerjoin(_OWNER, _OWNER.id == Case.owner_unit_id)
    .where(OrgUnit.id == bindparam("employer"), OrgUnit.kind == "employer")
)
"""Kinds of ends after which a person cannot be nominated again in the round, as people were told before they confirmed."""
EXPORTS = ("candidate", "local_office", "nominating_unit", "channel")


@dataclass(frozen=True)
class Known:
    """What the database holds about the employer and the person of a form, and the person's nominations in the round."""

    employer: OrgUnit
    office: OrgUnit
    person: Person | None
    user: User | None
    nominations: tuple[tuple[Nomination, Case, str], ...]


def record_nomination(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Keep a nomination form: person, candidate's account, nomination; the first time for this case or after a return.

    Side effects: rows; title, subject and local office of the case; a letter to the candidate; the identity and mobile numbers
    in the submission are replaced by their masks (the numbers themselves are kept encrypted, with the person). Refuses a person
    who is nominated already in the round, whoever did it. Age and certificate are for the reviewers.
    """
    again = work.node is not None and work.node.node_id == SUPPLEMENT
    if not again:
        require_open(work)
    _check_files(work, values)
    channel = _channel(work, values)
    identity = read_identity(values, today=work.tx.today)
    id_hash = work.tx.context.cipher.look_up(identity.number.number)
    known = _look_up(work, values, id_hash=id_hash)
    own = _refuse_second(work, known)
    person = keep_person(
        work.tx, identity, person=known.person, may_rename=own is not None and own.person_id == _id(known.person)
    )
    user = keep_account(work.tx, person, user=known.user, employer=known.employer)
    if own is None and work.case.subject_id not in (None, user.id):
        raise refusal("id_number", "自荐只能填写本人的身份证号码，请核对。")
    _keep(work, values, own=own, person=person, employer=known.employer, channel=channel)
    case = work.case
    case.subject_id, case.title = user.id, f"{identity.name}（{known.employer.short_name or known.employer.name}）"
    case.office_unit_id = None if channel == "union" else known.office.id
    if not again:
        _invite(work, user)
    _mask(values, identity)
    return {
        "candidate": user.id,
        "local_office": known.office.id,
        "nominating_unit": case.owner_unit_id,
        "channel": channel,
    }


def _id(person: Person | None) -> int | None:
    return person.id if person else None


def _check_files(work: CaseWork, values: Values) -> None:
    form = work.loaded.forms.get("nomination")
    missing = {
        field.key: f"请上传“{field.label}”。"
        for field in (form.every if form else ())
        if field.kind == "file" and field.required and field.condition is None and not values.get(field.key)
    }
    if missing:
        raise InvalidValues("nomination.files", f"还有{len(missing)}份材料没有上传，已填内容没有丢失。", fields=missing)


def _channel(work: CaseWork, values: Values) -> str:
    channel = text(values, "nominee_channel")
    if channel not in CHANNELS:
        raise refusal("nominee_channel", "请选择推荐渠道。")
    if channel == "self" and not work.settings.self_nomination:
        raise refusal("nominee_channel", "本轮不接受社会自荐，请改选单位推荐或工会推荐。")
    if not flag(values, "unit_declaration"):
        raise refusal("unit_declaration", "请先勾选承诺，再提交推荐。")
    return channel


def _look_up(work: CaseWork, values: Values, *, id_hash: str) -> Known:
    """Read everything in one statement: this is the dearest step of a nomination."""
    about = {"round_id": work.the_round.id, "case_id": work.case.id, "id_hash": id_hash, "employer": whole(values, "employer")}
    rows = work.tx.session.execute(_KNOWN, about).all()
    if not rows:
        raise refusal("employer", "没有找到这个单位。请从列表中选择；列表里没有的，请联系区人社局登记。")
    employer, parent, person, user = rows[0][:4]
    if parent is None or parent.kind not in LOCAL_OFFICES:
        raise refusal("employer", "这个单位还没有登记所属的街道或产业办，不能提交。请联系区人社局补登。")
    found = tuple((nomination, case, unit or "其他单位") for *_, nomination, case, unit in rows if nomination is not None)
    return Known(employer=employer, office=parent, person=person, user=user, nominations=found)


def _refuse_second(work: CaseWork, known: Known) -> Nomination | None:
    """Return the nomination of this case, if it has one already. Raises `Conflict` when the person stands in the round elsewhere."""
    own = None
    for nomination, case, unit in known.nominations:
        if nomination.case_id == work.case.id:
            own = nomination
        elif nomination.active:
            sentence = f"此人已由“{unit}”推荐参加本轮评选，同一人只能推荐一次。请与该单位商定由哪一家推荐，另一家撤回。"
            raise Conflict("nomination.twice", sentence)
        elif kind_of_end(case.outcome) in FINAL:
            raise Conflict("nomination.again", "此人在本轮的推荐已经撤回、驳回或被取消资格，本轮不能再次推荐。")
    return own


def _keep(work: CaseWork, values: Values, *, own: Nomination | None, person: Person, employer: OrgUnit, channel: str) -> None:
    nomination = own
    if nomination is None:
        nomination = Nomination(
            case_id=work.case.id, round_id=work.the_round.id, active=True, shortlisted=False, proposed=False, rank_note=""
        )
        work.tx.session.add(nomination)
    nomination.person_id, nomination.employer_id, nomination.channel = person.id, employer.id, channel
    nomination.name = person.name
    nomination.post, nomination.occupation = text(values, "post"), text(values, "occupation")
    nomination.skill_level, nomination.frontline_years = text(values, "skill_level"), whole(values, "frontline_years")
    nomination.deed_brief = text(values, "deed_brief")


def _invite(work: CaseWork, user: User) -> None:
    unit = work.actor.unit_name or "推荐单位"
    close = work.deadline(NOMINATION_CLOSE)
    due = cn_date(last_day_of(close)) if close else "申报截止"
    send_letter(work, "consent", to=user.id, key=str(work.case.audit_seq), values={"unit": unit, "due": due})


def _mask(values: Values, identity: Identity) -> None:
    values["id_number"] = mask_id(half_width(identity.number.number))
    values["mobile"] = mask_phone(identity.mobile)


RECORDERS = (
    Recorder(
        "record_nomination", "登记推荐", "保存候选人、推荐信息和候选人账号，拒绝同一轮次的重复推荐。", record_nomination, EXPORTS
    ),
)
