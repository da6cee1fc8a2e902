"""The user's own code in an experiment: modules of the classes it names, and what they import.

Known by module name and contents, so that a project that moved is still the same.
"""

import ast
import hashlib
import importlib
import importlib.util
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from importlib.machinery import ModuleSpec
from pathlib import Path

_PRODUCT = "metst"
"""Its sources have a digest of their own, see `metst.runner.environment`."""


def own_sources(settings: object) -> dict[str, str]:
    """Digest of every module of the user's that the results depend on, by module name.

    Those are the modules of all classes that the settings name and of what these inherit from, and
    what they import from the same folder as these modules, or the packages that hold them.
    Installed packages are left out: their versions are written beside it.

    Args:
        settings: of an experiment, nested; classes stand under `class_path`.
    """
    return dict(_digests(tuple(sorted(set(_class_paths(settings))))))


@cache  # of a process: the code that it has loaded stays what it is when a file changes
def _digests(class_paths: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    waiting = [name for path in class_paths for name in _modules_of(path)]
    folders = {folder for name in waiting if (folder := _folder(name.partition(".")[0]))}
    found: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        path = _file(name, folders)
        if path is None or name in found:
            continue
        source = path.read_bytes().replace(b"\r\n", b"\n")
        found[name] = hashlib.sha256(source).hexdigest()[:12]
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        waiting += _imported(source, package)
    return tuple(sorted(found.items()))


def _class_paths(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        if isinstance(path := tree.get("class_path"), str):
            yield path
        tree = list(tree.values())
    if isinstance(tree, list):
        for value in tree:
            yield from _class_paths(value)


def _modules_of(class_path: str) -> set[str]:
    """Modules that a class and its bases are written in, and the one that it is named in."""
    module, _, name = class_path.rpartition(".")
    try:
        named = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        return set()  # it was refused when the experiment was built
    bases = getattr(named, "__mro__", (named,))
    return {module, *(base.__module__ for base in bases)}


def _imported(source: bytes, package: str) -> Iterator[str]:
    """Names that may be modules: of the import statements of a source, at any depth."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            above = parents[: len(parents) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            parts = name.split(".")
            yield from (".".join(parts[: n + 1]) for n in range(len(parts)))  # with its packages


def _folder(top: str) -> Path | None:
    """Folder that a package or module of the user's lies in; None for what is installed."""
    spec = None if top == _PRODUCT or top in sys.stdlib_module_names else _spec(top)
    if spec is None:
        return None
    places = [*(spec.submodule_search_locations or ()), *([spec.origin] if spec.origin else [])]
    return None if not places or _installed(Path(places[0])) else Path(places[0]).parent


def _file(name: str, folders: set[Path]) -> Path | None:
    """Source of a module in one of the folders; None for others, and for what is no module."""
    if name.partition(".")[0] == _PRODUCT:
        return None
    spec = _spec(name)
    path = Path(spec.origin) if spec and spec.origin and spec.has_location else None
    if path is None or path.suffix != ".py" or _installed(path):
        return None
    return path if any(path.is_relative_to(folder) for folder in folders) else None


def _spec(name: str) -> ModuleSpec | None:
    try:
        module = sys.modules.get(name)
        return module.__spec__ if module else importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None


def _installed(path: Path) -> bool:
    places = {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}
    return any(path.is_relative_to(place) for place in places)
