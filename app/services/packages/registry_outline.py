"""The names that a diagram may use, as plain values: what the rules need of the registry where its functions cannot run."""

from collections.abc import Mapping
from typing import Any, NoReturn

from app.engine.operations import ParamSpec
from app.services.registry import Addresser, Operation, Recorder, Registry, Source


def outline_of(registry: Registry) -> dict[str, Any]:
    """Return the names of a registry with what is said of each, as JSON values."""
    return {
        "operations": {
            name: {key: [one.type, one.title, one.required] for key, one in operation.params.items()}
            for name, operation in registry.operations.items()
        },
        "recorders": {name: list(recorder.exports) for name, recorder in registry.recorders.items()},
        "addressers": {name: list(addresser.payload) for name, addresser in registry.addressers.items()},
        "sources": list(registry.sources),
    }


def registry_of(outline: Mapping[str, Any]) -> Registry:
    """Return a registry that knows the names of an outline; its functions refuse to run."""
    return Registry(
        operations={
            name: Operation(name, name, "", _refuse, {key: ParamSpec(*spec) for key, spec in params.items()})
            for name, params in outline["operations"].items()
        },
        recorders={name: Recorder(name, name, "", _refuse, tuple(exports)) for name, exports in outline["recorders"].items()},
        addressers={name: Addresser(name, name, _refuse, tuple(payload)) for name, payload in outline["addressers"].items()},
        sources={name: Source(name, name, _refuse) for name in outline["sources"]},
        prefills={},
        endings={},
        deliveries={},
    )


def _refuse(*_given: Any) -> NoReturn:
    raise NotImplementedError("an outline has names only")
