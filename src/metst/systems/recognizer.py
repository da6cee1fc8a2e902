"""Systems that name the emotion of intervals which somebody else has spotted.

Shapes: N intervals, E emotion classes.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace

from torch import Tensor
from torch.nn.functional import pad

from metst.base.errors import ConfigError
from metst.intervals.proposals import Proposals
from metst.intervals.synergy import labels_of
from metst.samples.data import FoldData
from metst.systems.spotter import Outputs, Spotter
from metst.systems.system import System


class Recognizer(System):
    """Names emotions. It can be paired with any spotter.

    Args:
        spotter: whose intervals are named: `metst.systems.annotated.Annotated` for the annotated
            ones, a system without training, or `metst.results.spotter.FinishedRun`.

    Raises:
        ConfigError: the spotter would have to be trained.
    """

    keeps_all = False  # other intervals would be other images
    variants: tuple[str, ...] = ("none", "recognition_first", "spotting_first")

    def __init__(self, spotter: Spotter) -> None:
        super().__init__()
        if isinstance(spotter, System) and spotter.trainable:
            msg = (
                "model.spotter: expected one without training, got "
                f"{type(spotter).__name__}; train it first and name its run: "
                "--model.spotter metst.results.spotter.FinishedRun --model.spotter.run RUN"
            )
            raise ConfigError(msg)
        self.spotter = spotter

    @property
    def sources(self) -> Mapping[str, str]:
        """Those of the spotter."""
        return self.spotter.sources

    def calibrate(self, data: FoldData) -> None:
        """Fit what the spotter fits to the training subjects."""
        self.spotter.calibrate(data)

    def propose(self, outputs: Outputs, data: FoldData) -> Sequence[Proposals]:
        """The intervals of the spotter with probabilities and labels."""
        return [self.named(p, outputs, data) for p in self.spotter.propose(outputs, data)]

    @abstractmethod
    def recognize(self, proposals: Proposals, data: FoldData) -> Tensor:
        """Class probabilities of each interval: (N, E), or (N, E + 1) with neutral last."""

    def named(self, intervals: Proposals, outputs: Outputs, data: FoldData) -> Proposals:  # noqa: ARG002
        """The intervals with probabilities and labels."""
        probabilities = self.recognize(intervals, data).to(intervals.onset.device)
        neutral = probabilities.shape[1] > len(data.fold.emotions)
        if not neutral:
            probabilities = pad(probabilities, (0, 1))  # (N, E + 1)
        labels = labels_of(probabilities, neutral)
        return replace(intervals, probabilities=probabilities, labels=labels)
