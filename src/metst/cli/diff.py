"""`metst diff FOLDER`: what an annotator has changed in predictions."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from jsonargparse import ArgumentParser
from rich.table import Table

from metst.base.errors import ConfigError
from metst.cli._tables import console
from metst.datasets.labels.elan import Span
from metst.predict.changes import Comparison, comparisons
from metst.runner.arguments import parse


def run(arguments: Sequence[str]) -> int:
    """Print every annotation that was added, removed, moved or renamed."""
    parser = ArgumentParser(prog="metst diff", exit_on_error=False, allow_abbrev=False)
    parser.add_argument(
        "before", type=Path, help="results of metst predict --eaf, corrected since; or an .eaf file"
    )
    parser.add_argument("after", type=Path | None, nargs="?", help="another .eaf file")
    config = parse(parser, arguments)
    for path in filter(None, (config.before, config.after)):
        if not path.exists():
            msg = f"{path}: expected a folder of results, or an .eaf file, found nothing"
            raise ConfigError(msg)
    if config.before.is_file() != (config.after is not None):
        msg = f"expected a folder of results, or two .eaf files, got {config.before}"
        raise ConfigError(msg)
    found = list(comparisons(config.before, config.after))
    if not found:
        msg = f"{config.before}: expected results of metst predict --eaf, found none"
        raise ConfigError(msg)
    for path, comparison in found:
        _show(path, comparison)
    counts = Counter(change.what for _, c in found for change in c.changes)
    counts["as they were"] = sum(comparison.same for _, comparison in found)
    text = ", ".join(f"{count} {what}" for what, count in counts.items())
    console().print(f"annotations: {text}", soft_wrap=True)
    return 0


def _show(path: Path, comparison: Comparison) -> None:
    if not comparison.changes:
        return
    table = Table("tier", "change", "before", "after", title=str(path), title_justify="left")
    for change in comparison.changes:
        table.add_row(change.tier, change.what, _shown(change.before), _shown(change.after))
    console().print(table)


def _shown(span: Span | None) -> str:
    """Seconds and text of an annotation; empty without one."""
    if span is None:
        return ""
    return f"{span.start / 1000:.3f}-{span.end / 1000:.3f} s {span.text}".rstrip()
