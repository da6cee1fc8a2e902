"""What a fold leaves for reports and rescoring, read back where it is whole."""

from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from metst.base.errors import DataError
from metst.results.checkpoint import require_intact
from metst.results.ledger import FoldFolder

AGAIN = "restore it from a copy, or delete the folder of this fold and run it again"


def read_outputs(fold: FoldFolder) -> dict[str, Tensor]:
    """What the network of a finished fold gave; nothing of a system without one.

    Raises:
        MetstError: they are missing or damaged.
    """
    path = fold.outputs
    if not path.is_file():
        raise DataError(path, "expected the outputs of a finished fold, found nothing; " + AGAIN)
    require_intact(path, AGAIN)
    try:
        return load(path.read_bytes())
    except (SafetensorError, ValueError, KeyError) as error:
        raise DataError(path, f"is damaged or cut off; {AGAIN}") from error
