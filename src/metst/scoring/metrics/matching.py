"""Which prediction finds which annotated ME: the three rules in use.

Each rule maps an overlap matrix (P, G) and a threshold to the owner (G,) of every annotated
interval: the index of the prediction that finds it, -1 for none. TP, FP and FN follow from it.
"""

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor


def match_best(iou: Tensor, threshold: float) -> Tensor:
    """The released rule: a prediction looks only at the annotation it overlaps most.

    It finds it if the overlap suffices and no earlier prediction has found it; there is no
    second-best. Of equal overlaps the annotation listed last counts.
    """
    predictions, annotations = iou.shape
    if predictions == 0 or annotations == 0:
        return _nobody(iou)
    best, backwards = iou.flip(1).max(1)
    target = annotations - 1 - backwards  # (P,)
    index = torch.arange(predictions, device=iou.device)
    claim = torch.where(best >= threshold, index, predictions)
    owner = torch.full((annotations,), predictions, device=iou.device)
    return _owned(owner.scatter_reduce(0, target, claim, "amin"), predictions)


def match_every(iou: Tensor, threshold: float) -> Tensor:
    """The STRS evaluator's rule: a prediction finds all annotations that are free and overlap."""
    predictions, annotations = iou.shape
    if predictions == 0 or annotations == 0:
        return _nobody(iou)
    index = torch.arange(predictions, device=iou.device)[:, None]
    return _owned(torch.where(iou >= threshold, index, predictions).amin(0), predictions)


def match_one_to_one(iou: Tensor, threshold: float) -> Tensor:
    """As many pairs as possible, each interval in one at most; among those the largest overlaps.

    The assignment itself is scipy's, on the host: one transfer for all videos together.
    """
    overlaps = iou.cpu().numpy()
    allowed = overlaps >= threshold
    # One more pair must outweigh any gain in overlap, which is at most 1 per pair.
    gain = np.where(allowed, min(iou.shape) + 1 + overlaps, 0.0)
    # Rows and columns without any partner would only make the assignment slower.
    rows, columns = np.flatnonzero(allowed.any(1)), np.flatnonzero(allowed.any(0))
    row, column = linear_sum_assignment(gain[np.ix_(rows, columns)], maximize=True)
    prediction, annotation = rows[row], columns[column]
    owner = np.full(iou.shape[1], -1)
    owner[annotation] = np.where(allowed[prediction, annotation], prediction, -1)
    return torch.from_numpy(owner).to(iou.device)


def _nobody(iou: Tensor) -> Tensor:
    return torch.full((iou.shape[1],), -1, dtype=torch.int64, device=iou.device)


def _owned(first: Tensor, predictions: int) -> Tensor:
    """Owner (G,) from the first claiming prediction, `predictions` where nobody claims."""
    return torch.where(first < predictions, first, -1)
