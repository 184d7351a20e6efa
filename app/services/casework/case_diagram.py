"""The diagram of a case for its page: the pool that the case runs in, without its neighbours."""

from app.domain.errors import NotFound
from app.engine.pools import pool_of
from app.services.packages.procedure_cache import LoadedProcedure


def diagram_of(loaded: LoadedProcedure, kind: str) -> bytes:
    """Return the BPMN of the process of a kind of case, drawn as in its package but without other pools and messages.

    A clerk who looks for the step that waits should not have to find it among the steps of the round. `NotFound` without one.
    """
    diagrams = {name: loaded.procedure.files[name] for name in loaded.procedure.diagrams}
    found = pool_of(diagrams, loaded.procedure.case_kinds[kind].process)
    if found is None:
        raise NotFound("diagram.none", "这类办件没有流程图，不影响办理。")
    return found
