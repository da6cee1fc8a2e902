"""One split of a data set: whose recordings are tested, and whose may be learned from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from metst.base.errors import ConfigError, MetstError
from metst.base.randomness import generator
from metst.datasets.labels.records import Kind, Recording
from metst.datasets.labels.samples import Rule
from metst.intervals.spans import spans


@dataclass(frozen=True)
class Fold:
    """A subject that is left out. Everything random in the fold follows from `key`.

    Attributes:
        subject: the subject that is left out; the fold's name.
        seed: of the experiment.
        recordings: of the whole data set, in its order, but for those of `validation`.
        emotions: classes in the order of a network's logits, without neutral.
        validation: recordings of the validation subjects: nothing is learned from them or fitted to
            them, and they are not tested.
    """

    subject: str
    seed: int
    recordings: tuple[Recording, ...]
    emotions: tuple[str, ...]
    validation: tuple[Recording, ...] = ()

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

    def annotated(self, rule: Rule, kind: Kind = "micro") -> list[Recording]:
        """Training recordings with an expression of a kind that a label rule can use.

        Raises:
            MetstError: there is none.
        """
        found = annotated(self.training, rule, kind)
        if not found:
            msg = f"fold {self.subject}: no other subject has a {kind}-expression to train on"
            raise MetstError(msg)
        return found

    def validated(self, subjects: int) -> "Fold":
        """The same with so many random training subjects taken for validation.

        Each of them has a micro-expression, and so has one at least of those who stay.

        Raises:
            ConfigError: there are too few.
        """
        able = sorted({r.subject for r in annotated(self.training, "strict")})
        if subjects >= max(1, len(able)):
            msg = (
                f"data.validation: expected at most {max(0, len(able) - 1)} in fold "
                f"{self.subject}, where {len(able)} training subjects have a micro-expression and "
                f"one at least has to stay; got {subjects}"
            )
            raise ConfigError(msg)
        order = generator(*self.key, "validation").permutation(len(able))
        chosen = {able[i] for i in order[:subjects]}
        return replace(
            self,
            recordings=tuple(r for r in self.recordings if r.subject not in chosen),
            validation=tuple(r for r in self.recordings if r.subject in chosen),
        )


def annotated(recordings: Sequence[Recording], rule: Rule, kind: Kind = "micro") -> list[Recording]:
    """Those with an expression of a kind that a label rule can use."""
    return [r for r in recordings if spans(r, kind, rule)]
