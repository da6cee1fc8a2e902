"""The pooled scores of a run under flat names, for whoever compares or logs runs."""

from collections.abc import Iterator, Mapping
from typing import Any

PARTS = ("spotting", "recognition")
"""Parts of the scores whose values are listed beside STRS."""


def pooled_scores(results: Mapping[str, Any]) -> dict[str, float]:
    """Scores of the chosen strategy by names such as `strict/strs` and `authors/spotting/f1`.

    Scores that are undefined by a protocol's rules are left out.

    Args:
        results: contents of `results.json`.
    """
    return {
        f"{protocol}/{name}": float(value)
        for protocol, scores in results["protocols"].items()
        for name, value in _flat(scores)
        if value is not None
    }


def _flat(scores: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    yield "strs", scores["strs"]
    for part in PARTS:
        for name, value in scores[part].items():
            yield f"{part}/{name}", value
