"""The plans of rendered heads: as many and as long as asked for, spread as in CAS(ME)^3."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from metst.base.errors import ConfigError
from metst.datasets.heads.options import HeadsOptions, Knobs
from metst.datasets.heads.script import VideoPlan, identity_group, write_plans

QUANTILES = [10, 25, 50, 75, 90]
"""Percent."""


@pytest.fixture(scope="module", params=[1, 2, 3])
def options(request: pytest.FixtureRequest) -> HeadsOptions:
    return HeadsOptions(seed=request.param)


@pytest.fixture(scope="module")
def plans(options: HeadsOptions) -> list[VideoPlan]:
    return write_plans(options)


def micro_of_subjects(plans: list[VideoPlan]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for plan in plans:
        counts[plan.subject] += len(plan.micro)
    return counts


def test_sizes_are_those_asked_for(plans: list[VideoPlan]) -> None:
    assert sum(plan.frames for plan in plans) == 72_000
    assert sum(len(plan.micro) for plan in plans) == 160
    assert sum(len(plan.macro) for plan in plans) == pytest.approx(100, abs=3)
    assert min(plan.frames for plan in plans) >= 60
    assert sum(not plan.micro for plan in plans) == len(plans) / 2


def test_lengths_and_apex_positions_have_the_quantiles_of_casme3(plans: list[VideoPlan]) -> None:
    micro = [one for plan in plans for one in plan.micro]
    macro = [one.frames for plan in plans for one in plan.macro]
    lengths = np.percentile([one.frames for one in micro], QUANTILES)
    assert lengths == pytest.approx([10, 15, 22, 34, 55], rel=0.1)
    assert max(one.frames for one in micro) > 200
    apexes = np.percentile([one.apex for one in micro], QUANTILES)
    assert apexes == pytest.approx([0.08, 0.18, 0.29, 0.42, 0.5], abs=0.03)
    # The longest MaEs of CAS(ME)^3 last longer than most videos here.
    assert np.percentile(macro, QUANTILES) == pytest.approx([31, 45, 73, 141, 278], rel=0.15)


def test_subjects_and_videos_have_as_unequal_shares(plans: list[VideoPlan]) -> None:
    counts = sorted(micro_of_subjects(plans).values())
    assert len(counts) == 20
    assert counts[:4] == [1, 1, 1, 1]
    assert counts[-1] > 30
    videos = Counter(len(plan.micro) for plan in plans if plan.micro)
    few = videos[1] + videos[2]  # where CAS(ME)^3 has one: each video holds twice as many
    assert few / videos.total() == pytest.approx(272 / 463, abs=0.15)
    assert max(Counter(plan.subject for plan in plans).values()) <= 26


def test_emotions_are_those_of_casme3(plans: list[VideoPlan]) -> None:
    counts = Counter(one.emotion for plan in plans for one in plan.micro)
    assert counts["disgust"] == pytest.approx(160 * 250 / 860, abs=1)
    assert counts["happy"] == pytest.approx(160 * 55 / 860, abs=1)
    assert len(counts) == 7


def test_every_group_crosses_every_other(plans: list[VideoPlan]) -> None:
    for name, share in {"speech": 0.25, "compression": 0.25, "motion": 0.2}.items():
        assert sum(name in p.groups for p in plans) == pytest.approx(share * len(plans), abs=1)
    pairs = {frozenset((a, b)) for p in plans for a in p.groups for b in p.groups if a != b}
    assert len(pairs) == 6
    for name in ("speech", "compression", "motion", "identity"):
        assert any(p.micro for p in plans if name in p.groups)
        assert any(not p.micro for p in plans if name in p.groups)


def test_a_fifth_of_the_subjects_is_the_identity_group(
    options: HeadsOptions, plans: list[VideoPlan]
) -> None:
    special = {p.subject for p in plans if identity_group(options, p.subject)}
    assert len(special) == 4
    assert {p.subject for p in plans if "identity" in p.groups} == special
    counts = micro_of_subjects(plans)
    assert sum(counts[name] for name in special) >= 12  # neither the four smallest alone


def test_median_strength_is_the_knob_over_the_difficulty() -> None:
    hard = HeadsOptions(difficulty=2.0, knobs=Knobs(strength=0.4))
    strengths = [one.strength for plan in write_plans(hard) for one in plan.micro]
    assert np.median(strengths) == pytest.approx(0.2)
    assert max(strengths) / min(strengths) > 3


def test_some_macros_lie_over_micros(plans: list[VideoPlan]) -> None:
    over = sum(one.over is not None for plan in plans for one in plan.macro)
    assert over == pytest.approx(160 * 65 / 860, abs=2)


def test_sammlv_has_the_same_durations_and_its_own_names() -> None:
    plans = write_plans(HeadsOptions(layout="sammlv"))
    assert sum(plan.frames for plan in plans) == 40 * 60 * 200
    assert (plans[0].subject, plans[0].video, plans[1].video) == ("006", "006_1", "006_2")
    lengths = [one.frames / 200 for plan in plans for one in plan.micro]
    assert np.median(lengths) == pytest.approx(22 / 30, rel=0.05)


@pytest.mark.parametrize("size", [(2, 0.3, 2), (2, 1.0, 20), (3, 20.0, 150)])
def test_small_and_crowded_sets_can_be_planned(size: tuple[int, float, int]) -> None:
    subjects, minutes, micro = size
    plans = write_plans(HeadsOptions(subjects=subjects, minutes=minutes, micro=micro))
    assert sum(len(plan.micro) for plan in plans) == micro
    assert len({(plan.subject, plan.video) for plan in plans}) == len(plans)
    assert all(len(plan.video) == 1 for plan in plans)


def test_too_few_minutes_are_refused_with_what_would_do() -> None:
    with pytest.raises(ConfigError, match=r"minutes: expected at least [\d.]+ for 40 MEs") as error:
        write_plans(HeadsOptions(subjects=2, minutes=0.5, micro=40))
    enough = float(str(error.value).split("at least ")[1].split()[0])
    write_plans(HeadsOptions(subjects=2, minutes=enough, micro=40))


def test_plans_follow_from_the_options_alone(options: HeadsOptions, plans: list[VideoPlan]) -> None:
    assert write_plans(options) == plans
    assert write_plans(replace(options, seed=options.seed + 1)) != plans
