"""Validation subjects are drawn from the training subjects, and nothing is learned from them."""

import pytest

from metst.base.errors import ConfigError
from metst.datasets.labels import Expression, Recording, Timebase
from metst.intervals.decoder import get_decoder
from metst.samples import Fold


def video(subject: str, name: str, length: int) -> Recording:
    """Without a micro-expression where the length is 0."""
    micro = Expression(subject, name, 40, 44, 40 + length, emotion="negative", label="disgust")
    return Recording(subject, name, 200, Timebase(fps=30.0), (micro,) if length else ())


SUBJECTS = "abcdefgh"
RECORDINGS = tuple(
    video(s, name, 10 + 2 * i if s != "c" else 0) for i, s in enumerate(SUBJECTS) for name in "12"
)


def fold(subject: str, seed: int = 7) -> Fold:
    return Fold(subject, seed, RECORDINGS, ("negative",))


def test_they_have_a_micro_expression_and_are_nobody_else() -> None:
    for subject in SUBJECTS:
        made = fold(subject).validated(3)
        chosen = {r.subject for r in made.validation}
        assert len(chosen) == 3
        assert len(made.validation) == 6
        assert not chosen & {subject, "c"}
        assert not chosen & {r.subject for r in made.recordings}
        assert set(made.validation) | set(made.recordings) == set(RECORDINGS)
        assert made.test == fold(subject).test
        assert all(r.subject not in chosen for r in (*made.training, *made.annotated("strict")))


def test_they_follow_from_seed_and_subject() -> None:
    drawn = [fold(s, seed).validated(3).validation for s in "abde" for seed in (7, 7, 8)]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) > 4


def test_the_length_of_intervals_is_not_measured_on_them() -> None:
    strict, made = get_decoder("strict", k=50, batch_size=4), fold("a").validated(5)
    (alone,) = {r.subject for r in made.annotated("strict")}
    only = tuple(r for r in RECORDINGS if r.subject == alone)
    expected = strict.half_length(only, "a")
    assert strict.half_length(made.recordings, made.subject) == expected
    assert strict.half_length(RECORDINGS, "a") != expected


@pytest.mark.parametrize(("subject", "most"), [("a", 5), ("c", 6)])
def test_one_subject_at_least_stays(subject: str, most: int) -> None:
    fold(subject).validated(most)
    with pytest.raises(ConfigError, match=f"at most {most} in fold {subject}.* got {most + 1}"):
        fold(subject).validated(most + 1)
