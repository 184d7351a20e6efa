"""A district with process administrators, in which the small procedure can be deployed and run."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.catalog.manifest import read_procedure
from app.domain.actors import SYSTEM, Role
from app.persistence.models import AuditEvent, Case, WorkItem
from app.services.casework import cases, work_items
from app.services.packages import procedures
from tests.services.world import STAFF, World
from tests.studio.small import small

ADMINS = {
    "admin": (Role.PROCESS_ADMIN, "bureau"),
    "admin2": (Role.PROCESS_ADMIN, "bureau"),
    "security": (Role.SECURITY_ADMIN, "bureau"),
}


class House(World):
    """The district with verbs for the small procedure."""

    def settle(self, *, experts: int = 8) -> None:
        """Add the administrators to the staff."""
        super().settle(experts=experts)
        with self.context.transaction() as tx:
            for key, (role, unit) in ADMINS.items():
                assert key not in STAFF
                self.users[key] = self._user(tx, key, role, unit)

    def deploy_small(self, **changes: Any) -> int:
        """Write the small procedure, changed, as a version without asking the gate; return the id of the version."""
        with self.context.transaction() as tx:
            return procedures.write_version(tx, actor=SYSTEM, procedure=read_procedure(small(**changes)), reason="测试")

    def deploy_files(self, files: Mapping[str, bytes]) -> int:
        """Deploy a package through the gate."""
        return procedures.deploy(self.context, actor=SYSTEM, files=files, reason="测试")

    def start(self, version_id: int, *, title: str = "一件") -> int:
        """Start a request on a version; return the id of its case."""
        with self.context.transaction() as tx:
            work = cases.start(tx, actor=self.actor("handler"), version_id=version_id, kind="request", title=title, variables={})
            return work.case.id

    def finish(self, who: str, node: str, case_id: int, **values: Any) -> None:
        """Complete the open item of a node."""
        item_id = self.item(node, case_id=case_id)
        work_items.complete(self.context, actor=self.actor(who), item_id=item_id, values=values)

    def open_nodes(self, case_id: int) -> list[str]:
        """Return the nodes of the open items of a case."""
        query = select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.state == "open").order_by(WorkItem.id)
        return [item.node_id for item in self.all(query)]

    def events(self, action: str) -> list[AuditEvent]:
        """Return the events of a kind, oldest first."""
        return self.all(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id))

    def versions_of_cases(self) -> dict[int, int]:
        """Return the version of each case."""
        return {case.id: case.procedure_version_id for case in self.all(select(Case))}
