"""Flow with errors is spread as measured flow is."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.bench._heads import CONDITIONS, HELD_OUT, cases
from experiments.bench.ideal.noise import FITTED
from metst.base.randomness import generator

WINDOWS, K = 400, 50


@pytest.fixture(scope="module")
def head() -> np.ndarray:
    """Head motion (W, 2, k) that begins at 0."""
    steps = generator(1, "head").normal(0, 0.5, (WINDOWS, 2, K)).cumsum(axis=2)
    return (steps - steps[:, :, :1]).astype(np.float32)


def drawn(head: np.ndarray, noise: float = 2.0, seed: int = 2) -> np.ndarray:
    still = np.zeros((len(head), 10, K), np.float32)
    return FITTED.disturbed(still, head, noise, "usual", generator(seed, "noise"))


def test_a_window_begins_with_zero_and_equal_keys_give_equal_errors(head: np.ndarray) -> None:
    flow = drawn(head)
    assert flow.dtype == np.float32
    assert not flow[:, :, 0].any()
    assert np.array_equal(flow, drawn(head))
    assert not np.array_equal(flow, drawn(head, seed=3))


def test_ideal_motion_is_measured_with_its_gain(head: np.ndarray) -> None:
    ideal = generator(1, "ideal").normal(size=(WINDOWS, 10, K)).astype(np.float32)
    ideal[:, :, 0] = 0
    flow = FITTED.disturbed(ideal, head, 2.0, "usual", generator(2, "noise"))
    slopes = (flow * ideal).sum(axis=(0, 2)) / (ideal**2).sum(axis=(0, 2))
    assert slopes == pytest.approx(FITTED.gain, abs=0.05)


def test_people_differ_in_what_the_reference_leaves() -> None:
    leaks = [FITTED.of_person(generator(1, "person", i)).leak[0] for i in range(200)]
    assert np.mean(leaks) == pytest.approx(FITTED.leak[0], rel=0.25)
    assert np.std(leaks) > 0.1
    assert min(leaks) >= 0
    assert max(leaks) <= 1


def test_a_still_head_leaves_white_errors_that_grow_with_the_sensor_noise() -> None:
    still = np.zeros((WINDOWS, 2, K), np.float32)
    sizes = [drawn(still, noise)[:, :4, 1:].std() for noise in (0.0, 2.0, 4.0, 8.0)]
    assert sizes == sorted(sizes)
    assert sizes[3] > 3 * sizes[1]


def test_errors_grow_with_the_distance_of_the_head(head: np.ndarray) -> None:
    left = drawn(head) - FITTED.leaked(head, 2.0, "usual")
    assert left[:, :, 40:].std() > 1.5 * left[:, :, 1:6].std()


def test_errors_have_the_size_that_is_predicted(head: np.ndarray) -> None:
    calm = replace(FITTED, spread=0.0)
    still = np.zeros((WINDOWS, 10, K), np.float32)
    flow = calm.disturbed(still, head, 2.0, "usual", generator(2, "noise"))
    flow -= calm.leaked(head, 2.0, "usual")
    white, slow = calm.deviations(still, head, 2.0, "usual")
    expected = np.sqrt((white**2 + slow**2).mean(axis=(0, 2)))
    assert (flow[:, :, 1:] ** 2).mean(axis=(0, 2)) ** 0.5 == pytest.approx(expected, rel=0.15)


@pytest.mark.slow
def test_a_person_that_nothing_was_fitted_to_is_measured_with_such_errors() -> None:
    (case,) = cases(HELD_OUT, CONDITIONS[1:2])
    rng = generator(5, "held out")
    flows = [
        FITTED.of_person(rng).disturbed(case.ideal, case.head, case.condition.noise, "usual", rng)
        for _ in range(10)
    ]
    shares = (0.25, 0.5, 0.75, 0.9)
    measured = np.quantile(np.abs(case.measured - case.ideal)[:, :, 1:], shares)
    modelled = np.quantile(np.abs(np.stack(flows) - case.ideal)[..., 1:], shares)
    assert (measured[1:] > 0.1).all()
    assert np.abs(np.log(modelled / measured)).max() < np.log(2)
