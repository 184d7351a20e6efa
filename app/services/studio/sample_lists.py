"""Samples in place of the lists that forms choose from: the lists depend on a case, which neither a preview nor a rehearsal has."""

from app.formkit.sources import SourceItem
from app.services.registry import Registry


def sample_sources(registry: Registry) -> dict[str, list[SourceItem]]:
    """Return two samples for each named list of the registry."""
    return {
        source.name: [
            SourceItem(f"sample{number}", f"{source.title}（示例{word}）", maximum="10")
            for number, word in ((1, "一"), (2, "二"))
        ]
        for source in registry.sources.values()
    }
