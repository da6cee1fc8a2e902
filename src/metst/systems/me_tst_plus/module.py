"""ME-TST+ as a LightningModule: ME-TST's training, with a threshold from the training subjects."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from metst.intervals.decoder import Decoder, Quirks, get_decoder
from metst.intervals.fitting import Constants, annotated, best_constants, finds
from metst.intervals.proposals import Proposals
from metst.intervals.sampled import PEAKS
from metst.samples.data import FoldData
from metst.systems.me_tst.module import AnalysisModule
from metst.systems.spotter import Outputs


class METSTPlus(AnalysisModule):
    """ME-TST+, by the authors of ME-TST (in its repository, without a licence file as of 2024).

    Its own table of scores was not found. Others' replay of the released weights: spotting F1 .0875
    on CAS(ME)^3, .2677 on SAMM-LV. The emotion "others" is learned, spotted and never scored
    (`evaluation.analyzed`), so that its STRS is not comparable with ME-TST's on CAS(ME)^3.

    Losses, class weights, schedule, synergy and `authors` are ME-TST's. Published: 50 epochs, the
    last weights are used; k, batch size and share of negative windows as for ME-TST.

    Leak in the published scores: k_p is measured over all subjects.

    Different here: `strict` takes p of the peak threshold from the training subjects, too: the
    best F1 in some of their videos. The network was trained on them, so that it is surer there.

    Args:
        network: maps flow (B, C, T) to a score (B, T) in [0, 1] and logits (B, T, E + 1).
        lr: learning rate.
        quirks: of the decoder `authors`.
        training: see `AnalysisModule`; `peak` is p of the peak threshold of `authors`.

    Raises:
        ConfigError: a number that nothing can be learned with.
    """

    def __init__(
        self,
        network: nn.Module,
        lr: float = 3e-4,
        quirks: Quirks = Quirks(),  # noqa: B008
        **training: Any,  # noqa: ANN401 - of the base
    ) -> None:
        super().__init__(network, lr, **training)
        self.quirks = quirks

    def fitted(self, data: FoldData) -> Outputs:
        """The p of the strict decoder, the best of 0.05 ... 0.95 for curves of training videos."""
        curves, recordings = self._training_curves(data)
        best: Constants = {"peak": self.peak}
        if curves is not None:
            decoder, truth = self._decoder("strict", data), annotated(recordings, "micro")

            def found(tried: Constants) -> Tensor:
                rules = replace(decoder, peak=tried["peak"])
                each = rules.propose(curves, recordings, self._k_p["strict"])
                return finds(each.video, each.onset, each.offset, truth).cpu()

            best = best_constants([best, *({"peak": peak} for peak in PEAKS)], found, truth)
        return {"peak": torch.tensor(best["peak"], dtype=torch.float64)}

    def propose(self, outputs: Outputs, data: FoldData) -> Sequence[Proposals]:
        """See `AnalysisModule.propose`; with p among the facts."""
        return [
            replace(p, facts={**p.facts, "peak": self._decoder(p.decoder, data, outputs).peak})
            for p in super().propose(outputs, data)
        ]

    def _decoder(self, name: str, data: FoldData, outputs: Outputs | None = None) -> Decoder:
        k = self._samples(data).k
        peak = self._peak(name, outputs)
        return get_decoder(name, k=k, batch_size=data.batch_size, peak=peak, quirks=self.quirks)

    def _peak(self, name: str, outputs: Outputs | None) -> float:
        """The p of a decoder, as fitted where the outputs hold it."""
        return self.peak if outputs is None or name == "authors" else float(outputs["peak"])
