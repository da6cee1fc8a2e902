"""What a reader of a table must know to read its numbers."""

from collections.abc import Sequence

from metst.results.run import Run


def notes(runs: Sequence[Run], seeds: Sequence[int]) -> list[str]:
    """Sentences for below a table of our runs."""
    folds = len(runs[0].subjects)
    several = f"mean over the seeds {', '.join(map(str, seeds))} ± their standard deviation"
    return [
        f"Ours: {several if len(seeds) > 1 else f'seed {seeds[0]}'}; in brackets the 95 % interval "
        f"over the {folds} subjects (bootstrap).",
        "authors: the rules of the authors' released code, as in the publications. strict: every "
        "video counts, matching is one-to-one, nothing comes from the held-out subject.",
    ]
