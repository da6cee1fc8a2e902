"""Who is seen: the face at rest and its colours, drawn from the seed."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metst.base.randomness import generator
from metst.datasets.heads.mesh import EYE, Mesh, Points, load_mesh, moved
from metst.datasets.heads.rounding import stepped

ORIGINS = ("african", "asian", "caucasian")
SEXES = ("female", "male")

TONES = np.array([[0.47, 0.31, 0.23], [0.85, 0.68, 0.55], [0.87, 0.68, 0.59]])
"""Mean colour (3 origins, RGB) of the skin, 0 to 1 as displayed."""

IRISES = np.array([[0.30, 0.18, 0.10], [0.36, 0.24, 0.12], [0.36, 0.46, 0.52], [0.38, 0.40, 0.25]])
HAIRS = np.array([[0.10, 0.08, 0.07], [0.20, 0.13, 0.09], [0.42, 0.29, 0.18], [0.46, 0.45, 0.44]])
"""Colours (N, RGB) to choose from; of hair, the last is grey."""

DETAILS_OF_A_FACE = 26
"""Targets of nose, chin, eyes, ... that make one face."""

GREATEST_DETAIL = 0.45
"""Largest share of such a target: faces stay plausible."""

DIGITS = 6
"""Digits that are kept of draws whose last ones depend on the machine."""

LEFT_OUT = re.compile(r"detail_(ears_.*(shape|trans)|head_head-(trans|angle|age)|eyes_.*push)")
"""Details that make a head odd rather than individual."""


@dataclass(frozen=True)
class Identity:
    """One person.

    Attributes:
        vertices: (V, 3) face at rest; the eyes lie where those of the base mesh do.
        sex: one of `SEXES`.
        age: 0 (young) to 1 (old).
        skin: colour of the skin, RGB 0 to 1 as displayed; `lips`, `iris`, `hair`, `cloth` too.
        brows: thickness and darkness of the brows, 1 as usual.
        beard: darkness of the stubble, 0 to 1.
        freckles: 0 to 1.
        thickness: of the hair on top, dm.
        long: hair to the shoulders.
        seed: of textures and background.
    """

    vertices: Points
    sex: str
    age: float
    skin: NDArray[np.float64]
    lips: NDArray[np.float64]
    iris: NDArray[np.float64]
    hair: NDArray[np.float64]
    cloth: NDArray[np.float64]
    brows: tuple[float, float]
    beard: float
    freckles: float
    thickness: float
    long: bool
    seed: int


def draw_identity(seed: int, subject: str, *, group: bool = False) -> Identity:
    """The person of a subject.

    Args:
        seed: of the data set.
        subject: name of the subject.
        group: of the identity group: dark skin or old age, which the others seldom have.
    """
    rng = generator(seed, "heads", subject, "identity")
    sex = SEXES[rng.integers(2)]
    origins = rng.dirichlet((4.0, 0.3, 0.3) if group and rng.random() < 0.6 else (0.12, 0.5, 0.6))
    age = float(rng.uniform(0.5, 1.0) if group else rng.beta(1.1, 3.5))
    origins, age = np.round(origins, DIGITS), round(age, DIGITS)
    skin = (origins @ TONES) * rng.uniform(0.9, 1.08) * rng.normal(1, 0.02, 3)
    grey = age > rng.uniform(0.55, 1.1)
    dark = origins[0] + origins[1] > rng.uniform(0.2, 0.8)
    iris = IRISES[rng.integers(2) if dark else rng.integers(len(IRISES))]
    hair = HAIRS[-1] if grey else HAIRS[rng.integers(2) if dark else rng.integers(3)]
    return Identity(
        vertices=_vertices(load_mesh(), origins, sex, age, rng),
        sex=sex,
        age=age,
        skin=np.clip(skin, 0.08, 0.95),
        lips=np.clip(skin * (0.85, 0.62, 0.66) * rng.uniform(0.9, 1.05), 0.05, 0.9),
        iris=iris * rng.uniform(0.8, 1.2),
        hair=hair * rng.uniform(0.8, 1.25),
        cloth=rng.uniform(0.12, 0.7) * rng.uniform(0.6, 1.0, 3),
        brows=(float(rng.uniform(0.8, 1.5) * (1.15 if sex == "male" else 0.9)), 0.85),
        beard=float(rng.uniform(0, 0.8)) if sex == "male" else 0.0,
        freckles=float(rng.uniform(0, 1) ** 2),
        thickness=float(rng.uniform(0.05, 0.25)),
        long=bool(sex == "female" and rng.random() < 0.7),
        seed=int(rng.integers(2**31)),
    )


def _vertices(
    mesh: Mesh, origins: NDArray[np.float64], sex: str, age: float, rng: np.random.Generator
) -> Points:
    vertices = mesh.vertices.copy()
    for origin, share in zip(ORIGINS, origins, strict=True):
        for stage, part in (("young", 1 - age), ("old", age)):
            moved(vertices, mesh.targets[f"basis_{origin}-{sex}-{stage}"], float(share * part))
    # Of both sides at once: faces are symmetric, but for what a target moves on its own.
    details = [n for n in mesh.names("detail_") if not LEFT_OUT.match(n) and "_r-" not in n]
    for name in rng.choice(details, DETAILS_OF_A_FACE, replace=False):
        share = float(rng.uniform(0.05, GREATEST_DETAIL))
        moved(vertices, mesh.targets[name], share)
        if "_l-" in name:
            other = mesh.targets[name.replace("_l-", "_r-")]
            moved(vertices, other, share * float(rng.uniform(0.85, 1.15)))
    # Bodies are up to 1.5 dm higher or lower: the eyes go back to where neck and hair expect them.
    eyes = mesh.of_part(EYE)
    shift = (vertices[eyes] - mesh.vertices[eyes]).mean(axis=0, dtype=np.float64)
    return stepped(vertices - shift)
