"""The frame curves of a fold, kept for pictures: `frame_curves.safetensors`."""

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from metst.base.errors import DataError
from metst.base.files import write_atomic
from metst.intervals.proposals import FrameCurves, Proposals

DECODER = "strict"
"""Whose curves are kept."""


def write_frame_curves(proposals: Sequence[Proposals], path: Path) -> None:
    """Write the curves of the `strict` decoder, in float32; nothing where it has none."""
    curves = next((p.curves for p in proposals if p.decoder == DECODER), None)
    if curves is None:
        return
    inside = torch.arange(curves.score.shape[1]).to(curves.lengths) < curves.lengths[:, None]
    tensors = {
        "score": curves.score[inside].float(),  # (sum of lengths,)
        "smoothed": curves.smoothed[inside].float(),
        "threshold": curves.threshold.double(),
        "lengths": curves.lengths,
    }
    if curves.probabilities is not None:
        tensors["probabilities"] = curves.probabilities[inside].float()  # (..., E + 1)
    write_atomic(path, save({name: x.cpu().contiguous() for name, x in tensors.items()}))


def read_frame_curves(path: Path) -> FrameCurves:
    """Read what `write_frame_curves` wrote, on the CPU.

    Raises:
        DataError: it is missing or damaged.
    """
    try:
        tensors = load(path.read_bytes())
        lengths = tensors["lengths"].tolist()
        padded = {
            name: torch.nn.utils.rnn.pad_sequence(list(torch.split(tensors[name], lengths)), True)
            for name in ("score", "smoothed", "probabilities")
            if name in tensors
        }
        return FrameCurves(
            padded["score"],
            padded["smoothed"],
            tensors["threshold"],
            tensors["lengths"],
            padded.get("probabilities"),
        )
    except FileNotFoundError as error:
        raise DataError(path, "expected the curves of a finished fold, found nothing") from error
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise DataError(path, "is damaged or cut off; delete the fold and run it again") from error
