"""The peaks below the threshold, which a decoder does not propose."""

from collections.abc import Sequence

import pandas as pd
import torch

from metst.datasets.labels.records import Recording
from metst.intervals.decoder import get_decoder
from metst.intervals.predictions import proposed_table
from metst.intervals.proposals import FrameCurves
from metst.intervals.stitching import Curves

_ENDS = ["subject", "video", "onset", "offset"]

_WINDOW = 2
"""Frames per window: the curves are stitched already, and any number does."""


def with_low_peaks(
    rows: pd.DataFrame,
    curves: FrameCurves,
    recordings: Sequence[Recording],
    k_p: int,
    emotions: tuple[str, ...],
    variant: str,
) -> pd.DataFrame | None:
    """Proposals of one fold, and what its decoder would propose without a threshold.

    Args:
        rows: proposals of one variant in some videos.
        curves: of these videos.
        recordings: the videos, in the order of the curves.
        k_p: half the mean ME length of the fold.
        emotions: classes of the run, without neutral.
        variant: of the rows, such as `strict/spotting_first`.

    Returns:
        The rows, then one for each peak that has none; None where the system proposes other
        intervals than 2 k_p + 1 frames around peaks of its smoothed score, or labels them otherwise
        than by the curves alone.
    """
    shares = curves.probabilities if emotions else None
    empty = curves.score.new_zeros((*curves.score.shape, 0))
    logits = empty if shares is None else shares.double().clamp(min=torch.finfo().tiny).log()
    unsifted = Curves(curves.score.double(), logits.double(), curves.lengths)
    decoder = get_decoder("strict", k=_WINDOW, peak=-torch.inf)
    table = proposed_table([decoder.propose(unsifted, recordings, k_p)], emotions)
    low = table[table["variant"] == variant]
    if len(low) == 0 and len(table):
        return None
    every, proposed = (pd.MultiIndex.from_frame(t[_ENDS]) for t in (low, rows))
    if not proposed.isin(every).all():
        return None
    more = low[~every.isin(proposed)].reindex(columns=rows.columns)
    return pd.concat([rows, more], ignore_index=True) if len(more) else rows
