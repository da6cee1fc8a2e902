"""Which videos and subjects are special, so that every group crosses every other."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from metst.base.randomness import generator
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.script.deal import micro_of_subjects

IDENTITY_SHARE: Final = 0.2
"""Share of the subjects that are the group `identity`."""


def identity_group(options: HeadsOptions, subject: str) -> bool:
    """Whether a subject belongs to the group `identity`: about every fifth, by number of MEs."""
    counts = micro_of_subjects(options)
    rng = generator(options.seed, "heads", "identity")
    share = max(IDENTITY_SHARE, 1 / options.subjects)
    chosen = _chosen(share, [(count, "") for count in counts.values()], rng)
    return chosen[list(counts).index(subject)]


def conditions(
    options: HeadsOptions, subjects: Sequence[str], micro: Sequence[int]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Groups and traits of each video; each is dealt evenly among those of all before it.

    Args:
        options: the shares.
        subjects: subject of each video.
        micro: number of MEs of each video.
    """
    knobs = options.knobs
    shares = {
        "speech": knobs.speech,
        "compression": knobs.compression,
        "motion": knobs.strong_motion,
        "lights": knobs.lights,
        "occlusion": knobs.occlusion,
        "lost": knobs.lost,
    }
    special = {name for name in dict.fromkeys(subjects) if identity_group(options, name)}
    have: list[tuple[str, ...]] = [("identity",) if s in special else () for s in subjects]
    for name, share in shares.items():
        strata = [
            (int(count > 0), " ".join(names)) for count, names in zip(micro, have, strict=True)
        ]
        chosen = _chosen(share, strata, generator(options.seed, "heads", "groups", name))
        have = [(*names, name) if yes else names for names, yes in zip(have, chosen, strict=True)]
    return [
        (
            tuple(n for n in ("speech", "compression", "motion", "identity") if n in names),
            tuple(n for n in ("lights", "occlusion", "lost") if n in names),
        )
        for names in have
    ]


def _chosen(
    share: float, strata: Sequence[tuple[int, str]], rng: np.random.Generator
) -> list[bool]:
    """A share of all that takes the same share of each stratum, as near as whole numbers allow."""
    order = sorted(rng.permutation(len(strata)).tolist(), key=lambda i: strata[i])
    start = float(rng.random())
    chosen = [False] * len(strata)
    for place, index in enumerate(order):
        chosen[index] = int((place + 1) * share + start) > int(place * share + start)
    return chosen
