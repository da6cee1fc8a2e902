"""A set of rendered heads of a few seconds."""

from pathlib import Path

from metst.datasets.heads.options import HeadsOptions

TINY = HeadsOptions(subjects=2, minutes=0.15, micro=2, size=150, seed=5)
WORDS = [
    *("--heads.subjects=2", "--heads.minutes=0.15", "--heads.micro=2", "--heads.size=150"),
    "--heads.seed=5",
]
"""`TINY` on a command line."""


def contents(root: Path) -> dict[str, bytes]:
    """Every file of a set."""
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files}
