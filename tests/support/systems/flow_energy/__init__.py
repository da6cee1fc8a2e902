"""A spotter without training: where the flow of the regions is strongest."""

from collections.abc import Sequence

from metst.intervals.decoder import DECODERS, get_decoder
from metst.intervals.proposals import Proposals
from metst.intervals.stitching import WindowOutputs
from metst.samples import FlowWindows, expect
from metst.samples.data import FoldData
from metst.systems.system import Outputs, System


class FlowEnergy(System):
    """Peaks of the root mean square of ROI flow."""

    recognizes = False
    variants = ("none",)
    variant = "none"

    def calibrate(self, data: FoldData) -> None:
        """k_p of each decoder."""
        k = expect(data.samples, FlowWindows).k
        self.decoders = {
            name: get_decoder(name, k=k, batch_size=data.batch_size) for name in DECODERS
        }
        self.k_p = {
            name: decoder.half_length(data.fold.recordings, data.fold.subject)
            for name, decoder in self.decoders.items()
        }

    def propose(self, outputs: Outputs, data: FoldData) -> Sequence[Proposals]:  # noqa: ARG002
        """Intervals around the peaks."""
        samples, test = expect(data.samples, FlowWindows), data.fold.test
        energy = samples.test_flow().square().mean(1).sqrt()  # (N, C, k) -> (N, k)
        nothing = energy.new_zeros(*energy.shape, 0)  # no logits
        windows = WindowOutputs(energy, nothing, samples.window_counts(test), test, samples.k)
        return [
            decoder.propose(decoder.curves(windows), test, self.k_p[name])
            for name, decoder in self.decoders.items()
        ]
