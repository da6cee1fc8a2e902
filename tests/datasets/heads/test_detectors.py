"""Faces look like faces to dlib, and its landmarks lie near the true ones."""

import cv2
import numpy as np
import pytest

from metst.datasets.heads.landmarks import LANDMARKS
from tests.support.dlib import dlib_detector
from tests.support.scenes import moment, person, photo

PEOPLE, SIDE = 10, 360


@pytest.mark.slow
def test_dlib_finds_every_frontal_face_once() -> None:
    detector, rng = dlib_detector(), np.random.default_rng(1)
    errors = []
    for number in range(PEOPLE):
        scene = person(number, SIDE)
        for units in (
            {},
            {"mouthSmile": 0.5, "eyeBlink": 0.7},
            {"browInnerUp": 0.6, "jawOpen": 0.4},
        ):
            at = moment(units, (*rng.uniform(-0.25, 0.25, 3), *rng.uniform(-0.2, 0.2, 3)))
            faces = detector.faces(cv2.cvtColor(photo(scene, at), cv2.COLOR_BGR2GRAY))
            assert len(faces) == 1
            true = scene.places(scene.vertices(at))[list(LANDMARKS), :2]
            errors.append(np.linalg.norm(faces[0] + 0.5 - true, axis=1).mean())
    assert np.mean(errors) < 4
