"""I3D features, with random weights of the right shape."""

import hashlib
import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from metst.base.errors import ConfigError, DataError
from metst.datasets.labels.records import Recording, Timebase
from metst.features.feature import Feature
from metst.features.i3d import CHANNELS, I3D
from metst.features.i3d.feature import chunks
from metst.features.i3d.network import I3DNetwork, load
from metst.samples import Fold
from metst.samples.boxes import WindowPlan
from metst.samples.i3d_sequences import I3DSequences
from metst.video import ArrayFrames, Frame, RepairedFrames
from tests.support.boxed_faces import BoxedFaces
from tests.support.faces import video
from tests.support.image_systems import parameters

NONE = "0" * 64


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Path, str]]:
    """Files for colour (3) and flow (2): safetensors, and what torch saves."""
    folder, made = tmp_path_factory.mktemp("i3d"), {}
    for channels, name in ((3, "rgb.safetensors"), (2, "flow.pt")):
        torch.manual_seed(channels)
        state, path = I3DNetwork(channels).state_dict(), folder / name
        state["logits.conv3d.bias"] = torch.zeros(400)
        (save_file if channels == 3 else torch.save)(state, path)
        made[channels] = path, hashlib.sha256(path.read_bytes()).hexdigest()
    return made


def written(folder: Path, frames: int) -> list[Path]:
    paths = [folder / f"{number}.png" for number in range(frames)]
    for path, frame in zip(paths, video(1, frames), strict=True):
        assert cv2.imwrite(str(path), frame)
    return paths


def feature(weights: dict[int, tuple[Path, str]]) -> I3D:
    return I3D(*weights[3], *weights[2], detector=BoxedFaces())


def test_the_published_size() -> None:
    assert parameters(I3DNetwork(3)) == 12_287_264  # Carreira and Zisserman: 12.3 M a stream


class Colours(ArrayFrames):
    """Frames as they are."""

    def read(self, index: int) -> Frame:
        """Frame `index` (H, W, 3)."""
        return np.asarray(self.frames[index])


def test_chunks_are_scaled_and_two_frames_apart() -> None:
    frames = np.random.default_rng(1).integers(0, 256, (13, 32, 32, 3)).astype(np.uint8)
    made = list(chunks(RepairedFrames(Colours(frames))))
    assert len(made) == (13 - 9) // 2 + 1
    for i, (colour, flow) in enumerate(made):
        assert (colour.shape, flow.shape) == ((3, 8, 32, 32), (2, 8, 32, 32))
        expected = frames[2 * i : 2 * i + 8].transpose(3, 0, 1, 2) / 127.5 - 1
        np.testing.assert_allclose(colour, expected, atol=1e-6)
        assert np.abs(flow).max() <= 1
    np.testing.assert_array_equal(made[0][1][:, 2:], made[1][1][:, :-2])
    still = np.broadcast_to(frames[:1], frames.shape)
    assert np.abs(next(chunks(RepairedFrames(Colours(still))))[1]).max() <= 1 / 200


@pytest.mark.slow
def test_vectors_of_a_video(weights: dict[int, tuple[Path, str]], tmp_path: Path) -> None:
    i3d: Feature = pickle.loads(pickle.dumps(feature(weights)))
    entry = i3d.measure(written(tmp_path, 11))
    vectors = entry.arrays["vectors"]
    assert (vectors.shape, vectors.dtype) == ((2, CHANNELS), np.float16)
    assert np.isfinite(vectors).all()
    assert vectors[:, :1024].any()
    assert vectors[:, 1024:].any()
    assert (entry.frames, entry.findings) == (11, ())
    short = i3d.measure(written(tmp_path, 8))
    assert short.arrays["vectors"].shape == (0, CHANNELS)
    assert short.findings[0][0] == "short-video"


def test_the_digests_are_the_features(weights: dict[int, tuple[Path, str]]) -> None:
    spec = feature(weights).spec
    (rgb, digest), flow = weights[3], weights[2]
    moved = I3D(rgb.parent / "elsewhere.pt", digest, *flow, detector=BoxedFaces())
    other = I3D(rgb, NONE, *flow, detector=BoxedFaces())
    assert moved.spec == spec
    assert other.spec != spec


def test_other_weights_are_refused(weights: dict[int, tuple[Path, str]], tmp_path: Path) -> None:
    path, digest = weights[3]
    with pytest.raises(DataError, match=f"expected weights of I3D with SHA-256 {NONE}, found"):
        load(path, NONE, 3)
    with pytest.raises(DataError, match="no such file"):
        load(tmp_path / "none.pt", digest, 3)
    with pytest.raises(DataError, match="expected a state dict of I3D with 2 channels"):
        load(path, digest, 2)
    with pytest.raises(ConfigError, match="flow_sha256"):
        I3D(path, digest, path, "abc")


def test_weights_that_a_gpu_saved_are_read_without_one(
    weights: dict[int, tuple[Path, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, known = tmp_path / "gpu.pt", load(*weights[2], 2)
    with monkeypatch.context() as patch:
        patch.setattr("torch.serialization.location_tag", lambda _: "cuda:0")
        torch.save(known.state_dict(), path)
    again = load(path, hashlib.sha256(path.read_bytes()).hexdigest(), 2)
    assert all(x.device.type == "cpu" for x in again.parameters())
    assert torch.equal(again.Mixed_5b.b0.conv3d.weight, known.Mixed_5b.b0.conv3d.weight)


def test_the_memory_of_vectors() -> None:
    samples = I3DSequences("rgb.pt", NONE, "flow.pt", NONE)
    videos = tuple(Recording(s, "v", 100, Timebase(30.0)) for s in ("a", "b"))
    vectors = 2 * torch.zeros(CHANNELS, 50, dtype=torch.float16).nbytes
    assert samples.memory(Fold("a", 1, videos, ()), None) == vectors  # type: ignore[arg-type]


def test_sequences_repeat_the_last_vector() -> None:
    samples = I3DSequences("rgb.pt", NONE, "flow.pt", NONE)
    samples.plan = WindowPlan(128, 32, 16)
    vectors = torch.arange(70.0).half().repeat(CHANNELS, 1)
    window = samples.cut(vectors, 32)
    assert (window.shape, window.dtype) == ((CHANNELS, 64), torch.float32)
    assert window[0].tolist() == [*range(16, 70), *[69] * 10]
