"""Settings that many systems have, refused where nothing can be learned with them."""

import math
from collections.abc import Sequence

from metst.base.settings import require


def check_rates(lr: float, *dropout: float) -> None:
    """Check a learning rate and rates of dropout.

    Raises:
        ConfigError: one is out of its range.
    """
    require("model.lr", lr, 0 < lr < math.inf, "a number above 0")
    for rate in dropout:
        require("model.dropout", rate, 0 <= rate < 1, "0 or a share below 1")


def check_emotions(emotions: int, names: Sequence[str]) -> None:
    """Check that a network has as many classes as the fold, whose emotions are `names`.

    Raises:
        ConfigError: it has another number.
    """
    expected = f"{len(names)}, one for each of {', '.join(names)}"
    require("model.emotions", emotions, emotions == len(names), expected)
