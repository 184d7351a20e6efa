"""Who acts: roles, the units that they hold them in, and the actor that every service takes."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The parts that people play in the district's procedures (domain handbook 1.17, policy part 3 (8))."""

    NOMINATING_UNIT = "nominating_unit"
    CANDIDATE = "candidate"
    OFFICE_CLERK = "office_clerk"
    OFFICE_LEADER = "office_leader"
    UNION_CLERK = "union_clerk"
    BUREAU_HANDLER = "bureau_handler"
    SECOND_REVIEWER = "second_reviewer"
    BUREAU_LEADER = "bureau_leader"
    DEPARTMENT_CHECKER = "department_checker"
    EXPERT = "expert"
    CONVENER = "convener"
    SUPERVISOR = "supervisor"
    INSPECTOR = "inspector"
    INVESTIGATOR = "investigator"
    PUBLICATION_REVIEWER = "publication_reviewer"
    MEETING_SECRETARY = "meeting_secretary"
    DOCUMENT_OFFICER = "document_officer"
    FINANCE_MAKER = "finance_maker"
    FINANCE_CHECKER = "finance_checker"
    ARCHIVIST = "archivist"
    PROCESS_ADMIN = "process_admin"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


ROLE_TITLES: dict[Role, str] = {
    Role.NOMINATING_UNIT: "推荐单位经办人",
    Role.CANDIDATE: "候选人",
    Role.OFFICE_CLERK: "街道（产业办）经办人",
    Role.OFFICE_LEADER: "街道（产业办）负责人",
    Role.UNION_CLERK: "工会经办人",
    Role.BUREAU_HANDLER: "区人社局经办人",
    Role.SECOND_REVIEWER: "区人社局复核人",
    Role.BUREAU_LEADER: "区人社局负责人",
    Role.DEPARTMENT_CHECKER: "联审部门经办人",
    Role.EXPERT: "评审专家",
    Role.CONVENER: "专家组组长",
    Role.SUPERVISOR: "监督员",
    Role.INSPECTOR: "考察组成员",
    Role.INVESTIGATOR: "异议核查员",
    Role.PUBLICATION_REVIEWER: "公开审查员",
    Role.MEETING_SECRETARY: "会议秘书",
    Role.DOCUMENT_OFFICER: "公文经办人",
    Role.FINANCE_MAKER: "资金经办人",
    Role.FINANCE_CHECKER: "资金复核人",
    Role.ARCHIVIST: "档案员",
    Role.PROCESS_ADMIN: "流程管理员",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
}


def role_title(role: str) -> str:
    """Return what a stored role is called, the code itself when the house no longer knows it."""
    return ROLE_TITLES[Role(role)] if role in set(Role) else role


@dataclass(frozen=True)
class Grant:
    """A role held in an organisational unit."""

    role: Role
    unit_id: int


@dataclass(frozen=True)
class Actor:
    """The person (or the system itself) on whose behalf a service runs."""

    user_id: int | None
    name: str
    unit_id: int | None
    unit_name: str
    grants: frozenset[Grant]

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held in any unit."""
        return frozenset(grant.role for grant in self.grants)

    def has(self, *roles: Role) -> bool:
        """Tell whether the actor holds any of the roles in any unit."""
        return not self.roles.isdisjoint(roles)

    def units_of(self, role: Role) -> frozenset[int]:
        """Return the units in which the actor holds the role."""
        return frozenset(grant.unit_id for grant in self.grants if grant.role == role)


SYSTEM = Actor(user_id=None, name="系统", unit_id=None, unit_name="系统", grants=frozenset())
"""What timers, messages and set-up act as: no person, no role."""
