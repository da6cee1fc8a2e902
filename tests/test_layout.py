"""Tests do not lean on each other, and benchmarks do not lean on tests."""

import ast
from collections import Counter
from pathlib import Path

TESTS = {p.with_suffix("").as_posix().replace("/", "."): p for p in Path("tests").rglob("*.py")}
SUPPORT = "tests.support."


def imported(path: Path) -> set[str]:
    """Modules of the tests that a file imports."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names] + [str(node.module)]
    return {name for name in names if name in TESTS}


def is_test(module: str) -> bool:
    last = module.rpartition(".")[2]
    return last.startswith("test_") or last == "conftest"


USERS = {module: imported(path) for module, path in TESTS.items()}


def test_no_file_imports_a_test_module() -> None:
    found = {user: [m for m in modules if is_test(m)] for user, modules in USERS.items()}
    assert {user: modules for user, modules in found.items() if modules} == {}


def test_what_several_files_import_lies_in_support() -> None:
    counts = Counter(module for modules in USERS.values() for module in modules)
    shared = {module for module, count in counts.items() if count > 1}
    assert {module for module in shared if not module.startswith(SUPPORT)} == set()


def test_experiments_do_not_import_tests() -> None:
    found = {path: imported(path) for path in Path("experiments").rglob("*.py")}
    assert {path: modules for path, modules in found.items() if modules} == {}


def test_an_import_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("def f():\n    from tests import conftest\nimport tests.test_layout\n")
    assert imported(path) == {"tests.test_layout", "tests.conftest"}
