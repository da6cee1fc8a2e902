"""The losses of both pathways (ME-TST, section III-B), and others to choose from.

Shapes: B windows of T frames, N frames, E emotion classes.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, log_softmax, mse_loss, nll_loss

from metst.base.errors import ConfigError
from metst.base.settings import require

SpottingLoss = Callable[[Tensor, Tensor], Tensor]
"""Of score (B, T) in [0, 1] and target (B, T) in {0, 1}: one number."""

RecognitionLoss = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Of logits (N, E + 1), classes (N,) and class weights (E + 1,): one number."""


class Loss(NamedTuple):
    """The total that is minimized, and its two parts before they are weighted."""

    total: Tensor
    spot: Tensor
    recognition: Tensor


class WeightedCrossEntropy(nn.Module):
    """The sum of weighted cross-entropies, divided by the number of frames (released).

    Not by the sum of their weights: the released code trains with one-hot targets, for which
    torch's mean is over frames.
    """

    def forward(self, logits: Tensor, classes: Tensor, weights: Tensor) -> Tensor:
        """One number of logits (N, E + 1), classes (N,) and class weights (E + 1,)."""
        return cross_entropy(logits, classes, weights, reduction="sum") / classes.numel()


class FocalLoss(nn.Module):
    """Cross-entropy that frames which are already recognized hardly add to (Lin et al., 2017).

    A frame whose class has probability p counts (1 - p) ** gamma of its cross-entropy, times the
    weight of the class; the mean is over frames.

    Args:
        gamma: 0 is the released loss.

    Raises:
        ConfigError: it is below 0 or no finite number.
    """

    def __init__(self, gamma: float = 2.0) -> None:
        super().__init__()
        expected = "0 or a number above 0"
        require("model.recognition_loss.gamma", gamma, 0 <= gamma < math.inf, expected)
        self.gamma = gamma

    def forward(self, logits: Tensor, classes: Tensor, weights: Tensor) -> Tensor:
        """One number of logits (N, E + 1), classes (N,) and class weights (E + 1,)."""
        likely = log_softmax(logits, dim=1)  # (N, E + 1)
        # 1 - p by expm1: its power has a gradient where p is 1 in float32, too.
        missing = (-torch.expm1(likely)).clamp_min(torch.finfo(likely.dtype).tiny)
        weighed = missing**self.gamma * likely
        return nll_loss(weighed, classes, weights, reduction="sum") / classes.numel()


def analysis_loss(
    score: Tensor,
    spot: Tensor,
    logits: Tensor,
    emotion: Tensor,
    weights: Tensor,
    spot_weight: float = 0.9,
    spotting_loss: SpottingLoss = mse_loss,
    recognition_loss: RecognitionLoss = WeightedCrossEntropy(),  # noqa: B008 - has no state
) -> Loss:
    """`spot_weight` * spotting loss + (1 - `spot_weight`) * recognition loss.

    Args:
        score: (B, T) spotting score in [0, 1].
        spot: (B, T) 1 inside an ME, 0 outside.
        logits: (B, T, E + 1) emotion logits.
        emotion: (B, T) class of each frame.
        weights: (E + 1,) class weights.
        spot_weight: share of the spotting loss; 0.9 in the released code.
        spotting_loss: of score and spot; the squared error in the released code.
        recognition_loss: of the frames of all windows.
    """
    spotting = spotting_loss(score, spot)
    # (B, T, E+1) -> (B*T, E+1), (B, T) -> (B*T,)
    recognition = recognition_loss(logits.flatten(0, 1), emotion.flatten(), weights)
    total = spot_weight * spotting + (1.0 - spot_weight) * recognition
    return Loss(total, spotting, recognition)


def check_losses(
    spotting_loss: SpottingLoss, recognition_loss: RecognitionLoss, weights: Tensor
) -> None:
    """Call both losses once.

    Raises:
        ConfigError: one fails, or gives something else than one number.
    """
    spot = weights.new_zeros(2, 3)
    logits, classes = weights.new_zeros(6, len(weights)), spot.flatten().long()
    _check("spotting_loss", spotting_loss, spot + 0.5, spot)
    _check("recognition_loss", recognition_loss, logits, classes, weights)


@torch.no_grad()
def _check(name: str, loss: Callable[..., object], *arguments: Tensor) -> None:
    shapes = " and ".join(str(tuple(x.shape)) for x in arguments)
    kind = f"{type(loss).__module__}.{type(loss).__name__}"
    expected = f"model.{name} {kind}: expected one number for tensors {shapes}"
    try:
        given = loss(*arguments)
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        msg = f"{expected}, it failed: {error}"
        raise ConfigError(msg) from error
    if not isinstance(given, Tensor) or given.ndim:
        shape = tuple(given.shape) if isinstance(given, Tensor) else type(given).__name__
        msg = f"{expected}, got {shape}"
        raise ConfigError(msg)
