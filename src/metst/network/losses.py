"""The loss of both pathways (ME-TST, section III-B)."""

from typing import NamedTuple

from torch import Tensor
from torch.nn.functional import cross_entropy, mse_loss


class Loss(NamedTuple):
    """The total that is minimized, and its two parts before they are weighted."""

    total: Tensor
    spot: Tensor
    recognition: Tensor


def analysis_loss(
    score: Tensor,
    spot: Tensor,
    logits: Tensor,
    emotion: Tensor,
    weights: Tensor,
    spot_weight: float = 0.9,
) -> Loss:
    """`spot_weight` * MSE(score, spot) + (1 - `spot_weight`) * weighted CE(logits, emotion).

    The cross-entropy is divided by the number of frames, not by the sum of their weights: the
    released code trains with one-hot targets, for which torch's mean is over frames.

    Args:
        score: (B, T) spotting score in [0, 1].
        spot: (B, T) 1 inside an ME, 0 outside.
        logits: (B, T, E+1) emotion logits.
        emotion: (B, T) class of each frame.
        weights: (E+1,) class weights.
        spot_weight: share of the spotting loss; 0.9 in the released code.
    """
    spotting = mse_loss(score, spot)
    # (B, T, E+1) -> (B*T, E+1), (B, T) -> (B*T,)
    summed = cross_entropy(logits.flatten(0, 1), emotion.flatten(), weights, reduction="sum")
    recognition = summed / emotion.numel()
    total = spot_weight * spotting + (1.0 - spot_weight) * recognition
    return Loss(total, spotting, recognition)
