"""Published features, for every way to compute them."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.parity import each


@pytest.fixture(scope="session", params=each("flow_k*.npz"))
def published(request: pytest.FixtureRequest) -> dict[str, NDArray[Any]]:
    """Frames, `k`, landmarks, boxes and the features of one video; nobody may change them."""
    with np.load(request.param, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
