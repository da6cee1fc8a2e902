"""BoostingVRME as a LightningModule: ME-TST+'s training, other intervals."""

from typing import Any

from torch import nn

from metst.intervals.decoder import Decoder
from metst.intervals.extensible_peaks import Quirks, Rule, get_decoder
from metst.samples.data import FoldData
from metst.systems.me_tst_plus.module import METSTPlus
from metst.systems.spotter import Outputs


class BoostingVRME(METSTPlus):
    """BoostingVRME (2025), by the authors of ME-TST; code under the MIT licence.

    Published, STRS / spotting F1 / recognition F1: .0562 / .0997 / .5638 on CAS(ME)^3, .2000 /
    .2906 / .6882 on SAMM-LV. Others' replay of two states of the released weights: spotting F1
    .0905 and .1051, .2911 and .2776. The emotion "others" is never scored, see `METSTPlus`.

    Intervals have their own length and one stays of several (`metst.intervals.selection`). By
    default recognition decides first, as this system defines it: a frame is neutral only where
    every emotion's logit is below 0.

    Leak in the published scores: k_p, here half of the upper median, is measured over all
    subjects. Its released training stops with an error after the first subject, so that training as
    published is not certain to be what made the weights.

    Different here: `strict` as for `METSTPlus`; no rule of the entry for unseen videos but the
    selection (`rule`); a video shorter than 2 k_p has intervals, where the released code stops.
    Different in the protocol `authors`, which is ME-TST's for every system: a video without a
    proposal counts as a false alarm, where this system's code, and ME-TST+'s, counts none.

    Args:
        network: see `METSTPlus`.
        lr: learning rate.
        quirks: of the decoder `authors`.
        rule: how an interval is selected around a peak.
        training: see `METSTPlus`.

    Raises:
        ConfigError: a number that nothing can be learned with.
    """

    variant = "recognition_first"
    quirks: Quirks

    def __init__(
        self,
        network: nn.Module,
        lr: float = 3e-4,
        quirks: Quirks = Quirks(),  # noqa: B008
        rule: Rule = "raw",
        **training: Any,  # noqa: ANN401 - of the base
    ) -> None:
        super().__init__(network, lr, quirks, **training)
        self.rule = rule

    def _decoder(self, name: str, data: FoldData, outputs: Outputs | None = None) -> Decoder:
        return get_decoder(
            name,
            k=self._samples(data).k,
            batch_size=data.batch_size,
            peak=self._peak(name, outputs),
            quirks=self.quirks,
            rule=self.rule,
        )
