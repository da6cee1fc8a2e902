"""One split of a data set: whose recordings are tested, and whose may be learned from."""

from dataclasses import dataclass

from metst.base.errors import MetstError
from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import Rule, samples


@dataclass(frozen=True)
class Fold:
    """A subject that is left out. Everything random in the fold follows from `key`.

    Attributes:
        subject: the subject that is left out; the fold's name.
        seed: of the experiment.
        recordings: of the whole data set, in its order.
        emotions: classes in the order of a network's logits, without neutral.
    """

    subject: str
    seed: int
    recordings: tuple[Recording, ...]
    emotions: tuple[str, ...]

    @property
    def key(self) -> tuple[int, str]:
        """Seed and subject."""
        return self.seed, self.subject

    @property
    def test(self) -> tuple[Recording, ...]:
        """Recordings of the left-out subject, in the order of the test samples."""
        return tuple(r for r in self.recordings if r.subject == self.subject)

    @property
    def training(self) -> tuple[Recording, ...]:
        """Recordings of all other subjects."""
        return tuple(r for r in self.recordings if r.subject != self.subject)

    def annotated(self, rule: Rule) -> list[Recording]:
        """Training recordings with a micro-expression that a label rule can use.

        Raises:
            MetstError: there is none.
        """
        found = [r for r in self.training if samples(r, rule)]
        if not found:
            msg = f"fold {self.subject}: no other subject has a micro-expression to train on"
            raise MetstError(msg)
        return found
