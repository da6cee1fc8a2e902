"""ME-TST's training with intervals by their contrast, as a LightningModule."""

import math
from typing import Any

from torch import nn

from metst.base.settings import require
from metst.intervals.contrast import LEAST, get_decoder
from metst.intervals.decoder import PEAK, Decoder
from metst.samples.data import FoldData
from metst.systems.me_tst.module import AnalysisModule
from metst.systems.spotter import Outputs


class ContrastModule(AnalysisModule):
    """Ours: what ME-TST learns, decoded by `metst.intervals.contrast`.

    Every constant of the decoder was chosen on `heads-dev`; k_p, which scales the lengths, is that
    of the training subjects (`strict`) or of all (`authors`, otherwise the same).

    Args:
        network: maps flow (B, C, T) to a score (B, T) in [0, 1] and logits (B, T, E + 1).
        lr: learning rate.
        least: contrast that an interval needs, of scores in [0, 1].
        training: see `AnalysisModule`, but for `peak`.

    Raises:
        ConfigError: a number that nothing can be learned with.
    """

    def __init__(
        self,
        network: nn.Module,
        lr: float = 3e-3,
        least: float = LEAST,
        **training: Any,  # noqa: ANN401 - of the base
    ) -> None:
        super().__init__(network, lr, peak=PEAK, **training)
        require("model.least", least, 0 < least < math.inf, "a number above 0")
        self.least = least

    def _decoder(self, name: str, data: FoldData, outputs: Outputs | None = None) -> Decoder:  # noqa: ARG002
        k = self._samples(data).k
        return get_decoder(name, k=k, batch_size=data.batch_size, least=self.least)
