"""The floors of the house, as a table; a line that breaks them is named (ARCHITECTURE.md, "Floors")."""

import ast
import linecache
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SLOW_OR_FACTORY = ("# slow import:", "# factory")

MAY_IMPORT_OURS = {
    "domain": set(),
    "persistence": {"domain"},
    "engine": {"domain"},
    "formkit": {"domain"},
    "documents": {"domain"},
    "files": {"domain"},
    "notify": {"domain"},
    "catalog": {"domain"},
    "services": {"domain", "persistence", "engine", "formkit", "documents", "files", "notify", "catalog"},
    "web": {"domain", "services", "formkit", "persistence.queries"},
    "cli": {"domain", "services", "formkit", "persistence.queries"},
    "jobs": {"domain", "services", "formkit", "persistence.queries"},
}
"""Package -> what of ours it may import beside itself. `wiring` and `app/__init__.py` may import everything."""

OUTSIDE = {
    "domain": set(),
    "persistence": {"sqlalchemy", "alembic", "flask", "cryptography"},
    "engine": {"SpiffWorkflow", "lxml"},
    "formkit": {"wtforms", "markupsafe"},
    "documents": {
        "lxml",
        "weasyprint",
        "jinja2",
        "markupsafe",
        "pypdf",
        "segno",
        "openpyxl",
        "uharfbuzz",
        "pyhanko",
        "pyhanko_certvalidator",
        "asn1crypto",
        "cryptography",
        "fontTools",
    },
    "files": {"fsspec", "PIL"},
    "notify": set(),
    "catalog": {"tomlkit"},
    "services": {"sqlalchemy", "argon2"},
    "web": {"flask", "flask_login", "flask_wtf", "werkzeug", "wtforms", "markupsafe", "jinja2", "sqlalchemy"},
    "cli": {"click", "flask", "sqlalchemy", "gunicorn", "huey", "PIL", "lxml", "werkzeug", "pypdf"},
    "jobs": {"huey"},
}
"""Package -> libraries that it may use. Flask in `persistence` is the migrations' entry only."""


def modules() -> list[Path]:
    """Return every module of the application but the wiring and the generated migrations."""
    return sorted(path for path in (ROOT / "app").rglob("*.py") if "versions" not in path.parts)


def tree_of(path: Path) -> ast.Module:
    """Return a module as it is parsed. It is not kept: the trees of all modules are a million objects for the garbage collector."""
    return ast.parse(path.read_text(encoding="utf-8"))


def statements_in(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every statement in a node, however deep; no import stands in an expression, and most nodes of a module are those."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for inner in getattr(node, name, ()):
            yield inner
            yield from statements_in(inner)


@lru_cache(maxsize=2000)
def imports_of(path: Path) -> tuple[tuple[str, int, bool], ...]:
    """Return (module, line, at module level) of every import; several rules look at all modules."""
    return tuple(_imports(tree_of(path)))


def _imports(tree: ast.Module) -> Iterator[tuple[str, int, bool]]:
    """Yield the imports of a module; names imported from a package count as its modules."""
    top = {id(node) for node in tree.body}
    typing_only = {id(inner) for node in tree.body if _is_type_checking(node) for inner in ast.walk(node)}
    for node in statements_in(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{alias.name}", node.lineno, id(node) in top) for alias in node.names)


def _is_type_checking(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def package_of(path: Path) -> str:
    """Return the floor or room that a module belongs to."""
    return path.relative_to(ROOT / "app").parts[0].removesuffix(".py")


def faults(path: Path) -> Iterator[str]:
    """Yield each import of a module that the table forbids."""
    package, standard, file = package_of(path), sys.stdlib_module_names, path.relative_to(ROOT)
    for name, line, at_top in imports_of(path):
        where = f"{file}:{line}"
        if not at_top and not any(mark in linecache.getline(str(path), line) for mark in SLOW_OR_FACTORY):
            yield f"{where} imports {name} inside a function without a reason"
        if package not in MAY_IMPORT_OURS:
            continue  # the wiring
        head, _, rest = name.partition(".")
        if head == "app":
            allowed = MAY_IMPORT_OURS[package] | {package}
            if not any(rest == item or rest.startswith(item + ".") for item in allowed) and not _is_entry(path, name):
                yield f"{where} imports {name}, which is not below {package}"
        elif head == "config":
            if package not in {"web", "cli", "jobs"}:
                yield f"{where} imports the configuration"
        elif head not in standard and head not in OUTSIDE[package]:
            yield f"{where} uses {head}, which does not belong to {package}"


def _is_entry(path: Path, name: str) -> bool:
    """The command line builds the application and its schema; that is what it is for."""
    return package_of(path) == "cli" and name in {
        "app.create_app",
        "app.wiring.build_app",
        "app.wiring.build_house",
        "app.wiring.load_pages",
        "app.jobs.queue.work_off",
        "app.persistence.schema.is_newest",
        "app.persistence.schema.upgrade_schema",
    }


def test_imports_keep_the_floors() -> None:
    looked_at = modules()
    assert len(looked_at) > 500
    assert [fault for path in looked_at for fault in faults(path)] == []


def test_a_module_that_breaks_the_floors_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_architecture.ROOT", tmp_path)
    culprit = tmp_path / "app" / "domain" / "scoring.py"
    culprit.parent.mkdir(parents=True)
    culprit.write_text("import sqlalchemy\nfrom app.services import cases\n\n\ndef late():\n    import json\n", encoding="utf-8")
    found = list(faults(culprit))
    assert [sentence.split()[0] for sentence in found] == [
        "app/domain/scoring.py:1",
        "app/domain/scoring.py:2",
        "app/domain/scoring.py:6",
    ]


def test_no_two_modules_import_each_other() -> None:
    assert _cycle(_edges()) == []


def test_the_room_for_packages_loads_no_database() -> None:
    edges, seen = _edges(), {"app.services.packages.play_worker"}
    stack = list(seen)
    while stack:
        new = edges[stack.pop()] - seen
        seen |= new
        stack.extend(new)
    assert {"app.services.packages.package_rules", "app.engine.specs"} <= seen
    assert [name for name in seen if name.startswith("app.persistence")] == []


def _edges() -> dict[str, set[str]]:
    """Return which modules each module imports as it is loaded."""
    graph = {_name(path): {name for name, _, at_top in imports_of(path) if at_top} for path in modules()}
    known = set(graph)
    return {
        source: {found for name in targets if (found := _resolve(name, known)) not in (None, source)}
        for source, targets in graph.items()
    }


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _resolve(name: str, known: set[str]) -> str | None:
    return name if name in known else (name.rpartition(".")[0] if name.rpartition(".")[0] in known else None)


def _cycle(edges: dict[str, set[str]]) -> list[str]:
    """Return the modules that stay when those without any import of a remaining module are taken away again and again."""
    left = dict(edges)
    while True:
        free = {source for source, targets in left.items() if not targets & set(left)}
        if not free:
            return sorted(left)
        left = {source: targets for source, targets in left.items() if source not in free}


def test_only_the_unit_of_work_commits() -> None:
    commits = [
        str(path.relative_to(ROOT))
        for path in modules()
        if ".commit(" in path.read_text(encoding="utf-8") and path.name != "unit_of_work.py"
    ]
    assert commits == []


NAMED = re.compile(r"\b(eval|exec|compile)\b")


def test_nothing_reaches_eval_or_exec() -> None:
    calls = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        if NAMED.search(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec", "compile"}
    ]
    assert calls == []


def test_nothing_renames_the_prefixes_of_a_process() -> None:
    """The standard library keeps one table of XML prefixes a process, and the library of the papers writes by it.

    Drawing a diagram once took “dc” away from it: the same paper had other bytes afterwards.
    """
    assert [path.name for path in modules() if "register_namespace" in path.read_text(encoding="utf-8")] == []


def test_importing_a_rule_of_the_ground_imports_no_library() -> None:
    source = "import sys; import app.domain.scoring; print(sorted(m for m in sys.modules if m.split('.')[0] in sys.argv[1:]))"
    libraries = ["flask", "sqlalchemy", "SpiffWorkflow", "weasyprint", "wtforms"]
    result = subprocess.run([sys.executable, "-c", source, *libraries], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
