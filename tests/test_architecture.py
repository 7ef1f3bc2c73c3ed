"""The rules of the house that a tool can see: who imports whom, and how long things may be."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "workbench"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)
FUNCTION_LINES_MAX = 70
MODULE_LINES_MAX = 400

LEAVES = {"errors", "i18n", "clock", "settings", "persian"}
SHOWN = {"services", "rules", *LEAVES}  # of the rules: names of states, kinds and roles
ALLOWED = {
    "persian": {"persian"},
    "rules": {"rules", "persian", "errors", "i18n"},
    "db": {"db", "rules", "persian", "errors"},
    "evidence": {"evidence", "persian", "errors", "i18n"},
    "services": {"services", "rules", "db", "evidence", *LEAVES},
    "ui": {"ui", *SHOWN},
    "pages": {"pages", "ui", *SHOWN},
    "web": {"web", *SHOWN},
}
"""Part → the parts it may import; the command line and the demo stand above all of them."""
WIRING = {
    ("ui/page_script.py", "pages"),
    ("ui/page_script.py", "web"),
    ("ui/page.py", "web"),
    ("web/application.py", "ui"),
    ("web/static_files.py", "ui"),
    ("services/claims/demo_answer.py", "demo"),
    ("services/commission/demo_answer.py", "demo"),
}
"""The page script and the application name each other: a page asks the gate who its actor is, the
routes serve the stylesheets and fonts of the pages. The demonstration's centre draws its pictures.
"""

HOUSE = {"streamlit": {"pages", "ui", "web"}, "sqlalchemy": {"db", "services"}}
EXCEPTIONS = {
    ("services/people/passwords.py", "streamlit_authenticator"),  # hashing only, see its docstring
    ("demo/marks.py", "sqlalchemy"),  # how far a broken-off filling came, asked of the database
}
SESSION_ONLY = {"pages", "web", "cli", "demo", "ui"}


def part_of(path: Path) -> str:
    """``services`` for ``workbench/services/…``; a module at the top is a part by its name."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Line, module and names of every import, lazy ones and those for types included."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, ()
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield node.lineno, node.module or "", tuple(alias.name for alias in node.names)


def parts_named(module: str, names: tuple[str, ...]) -> set[str]:
    """The parts of ours an import reaches."""
    steps = module.split(".")
    if steps[0] != "workbench":
        return set()
    return {steps[1]} if len(steps) > 1 else set(names)


def wired(path: Path) -> set[str]:
    """The parts this one module may import besides."""
    return {part for name, part in WIRING if name == path.relative_to(PACKAGE).as_posix()}


def listed(violations: list[str]) -> None:
    assert not violations, "\n" + "\n".join(violations)


def test_layers_import_downwards_only() -> None:
    listed(
        [
            f"{path.relative_to(ROOT)}:{line}: {part_of(path)} imports {', '.join(sorted(wrong))}"
            for path in MODULES
            if part_of(path) in ALLOWED
            for line, module, names in imports_of(path)
            if (wrong := parts_named(module, names) - ALLOWED[part_of(path)] - wired(path))
        ]
    )


@pytest.mark.parametrize("library", HOUSE)
def test_a_library_stays_in_its_house(library: str) -> None:
    listed(
        [
            f"{path.relative_to(ROOT)}:{line}: imports {module}"
            for path in MODULES
            if part_of(path) not in HOUSE[library]
            for line, module, names in imports_of(path)
            if re.match(rf"{library}([._]|$)", module)
            and (path.relative_to(PACKAGE).as_posix(), module) not in EXCEPTIONS
            and not (part_of(path) in SESSION_ONLY and is_session_type(module, names))
        ]
    )


def is_session_type(module: str, names: tuple[str, ...]) -> bool:
    """The type of a session, which is handed on from above to the services."""
    return (module, names) == ("sqlalchemy.orm", ("Session",))


def test_functions_are_short() -> None:
    listed(
        [
            f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length} lines"
            for path in MODULES
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.end_lineno is not None
            and (length := node.end_lineno - node.lineno + 1) > FUNCTION_LINES_MAX
        ]
    )


def test_modules_are_short() -> None:
    lengths = {path: path.read_text(encoding="utf-8").count("\n") for path in MODULES}
    listed(
        [
            f"{path.relative_to(ROOT)}: {length} lines"
            for path, length in lengths.items()
            if length > MODULE_LINES_MAX
        ]
    )


def test_nothing_prints() -> None:
    listed(
        [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for path in MODULES
            if part_of(path) != "cli"
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("print", "pprint")
        ]
    )


def test_only_the_clock_reads_the_clock() -> None:
    listed(
        [
            f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
            for path in MODULES
            if part_of(path) != "clock"
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Call)
            and re.fullmatch(
                r"(datetime\.)?(datetime|date)\.(now|utcnow|today)", ast.unparse(node.func)
            )
        ]
    )


def test_no_entry_script_stands_beside_the_pages() -> None:
    """A script beside ``pages/`` makes Streamlit serve every page without the sign-in."""
    assert not [path.name for path in PACKAGE.glob("*.py") if "streamlit" in path.read_text()]
    assert (ROOT / "app.py").is_file() and not (ROOT / "pages").exists()
