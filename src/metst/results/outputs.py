"""What a fold leaves for reports and rescoring, read back where it is whole."""

from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from metst.base.errors import DataError
from metst.results.checkpoint import require_intact
from metst.results.ledger import FoldFolder

AGAIN = "restore it from a copy, or delete the folder of this fold and run it again"


def read_outputs(fold: FoldFolder) -> dict[str, Tensor]:
    """Window outputs of a finished fold: `score` (N, k) and `logits` (N, k, E + 1).

    Raises:
        MetstError: they are missing or damaged.
    """
    path = fold.outputs
    if not path.is_file():
        raise DataError(path, "expected the outputs of a finished fold, found nothing; " + AGAIN)
    require_intact(path, AGAIN)
    try:
        tensors = load(path.read_bytes())
    except (SafetensorError, ValueError, KeyError) as error:
        raise DataError(path, f"is damaged or cut off; {AGAIN}") from error
    score, logits = tensors.get("score"), tensors.get("logits")
    if score is None or logits is None or score.ndim != 2 or logits.shape[:2] != score.shape:
        raise DataError(path, f"expected the score and logits of windows, found others; {AGAIN}")
    return tensors
