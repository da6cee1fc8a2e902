"""I3D as a feature of a video, ready for the store.

Shapes: F frames of a video, N chunks of 8 frames, one every 2.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.settings import require
from metst.features.flow_images.face import BoxDetector, find_face
from metst.features.roi_flow.boxes import Box
from metst.features.store import Entry, FeatureSpec
from metst.video import Frame, ImageFolder, RepairedFrames, read_color
from metst.video.face import DlibDetector

VERSION = 1
"""Raised whenever this package gives other numbers for the same frames."""

CHANNELS = 2048
"""Of a vector: 1024 from colour, 1024 from flow."""

SIDE, CHUNK, EVERY = 224, 8, 2
"""Pixels of a crop; frames of a chunk, and from one to the next."""

FASTEST = 15.0
"""Pixels per frame that flow is limited to."""

_DIGITS = 64

Pixels = NDArray[np.float32]


class I3D:
    """Vectors of short chunks of a video's face; a `Feature`.

    Its entries hold `vectors`, float16 (N, 2048): vector i is that of frames 2 i ... 2 i + 7 in
    colour, then of the Dual TV-L1 flow from each of them to the next. The published features come
    from weights for ImageNet and Kinetics; which crop they are of is not known, here it is the box
    of the face in the first frame (`metst.features.flow_images`).

    Args:
        rgb: file of the weights for colour, see `metst.features.i3d.network.load`.
        rgb_sha256: its SHA-256, in hexadecimal digits.
        flow: file of the weights for flow.
        flow_sha256: its SHA-256.
        detector: finds the face; default dlib, as published.

    Raises:
        ConfigError: a digest has not 64 digits.
    """

    def __init__(
        self,
        rgb: Path | str,
        rgb_sha256: str,
        flow: Path | str,
        flow_sha256: str,
        detector: BoxDetector | None = None,
    ) -> None:
        for name, digest in (("rgb", rgb_sha256), ("flow", flow_sha256)):
            hexadecimal = len(digest) == _DIGITS and set(digest.lower()) <= set("0123456789abcdef")
            require(f"{name}_sha256", digest, hexadecimal, f"{_DIGITS} hexadecimal digits")
        self.rgb, self.flow = (Path(rgb), rgb_sha256.lower()), (Path(flow), flow_sha256.lower())
        self.detector = detector or DlibDetector()

    @property
    def spec(self) -> FeatureSpec:
        """Name of the features in the store: everything that changes their numbers."""
        digests = {"rgb": self.rgb[1], "flow": self.flow[1]}
        used = {"detector": self.detector.name, "opencv": cv2.__version__}
        return FeatureSpec("i3d", VERSION, digests | used)

    def measure(self, frames: Sequence[Path]) -> Entry:
        """Vectors of one video.

        Raises:
            VideoError: no image can be read, or none has a face.
            DataError: the weights are missing, or others.
        """
        face = find_face(RepairedFrames(ImageFolder(frames)), self.detector, "mean")
        source = RepairedFrames(_Crops(frames, face.box))
        vectors = [self._vector(*chunk) for chunk in chunks(source)]
        short = [] if vectors else [("short-video", f"has {len(frames)} frames, too few for I3D")]
        made = np.array(vectors, np.float16).reshape(-1, CHANNELS)
        return Entry({"vectors": made}, len(frames), (*source.remarks, *short))

    def _vector(self, colour: Pixels, flow: Pixels) -> Pixels:
        """(2048,) of a chunk's images (C, 8, 224, 224)."""
        import torch  # only who measures needs it

        from metst.features.i3d.network import load

        parts = []
        with torch.inference_mode():
            for weights, images in ((self.rgb, colour), (self.flow, flow)):
                network = load(*weights, len(images))
                parts.append(network(torch.from_numpy(images)[None])[0].numpy())
        return np.concatenate(parts)


class _Crops(ImageFolder):
    """Faces in colour (224, 224, 3), red first."""

    def __init__(self, paths: Sequence[Path], box: Box) -> None:
        super().__init__(paths)
        self.box = box

    def read(self, index: int) -> Frame:
        """The face in a frame."""
        super().read(index)  # refuses an image of another size
        crop = read_color(self.paths[index])[self.box.pixels][..., ::-1]
        return cv2.resize(np.ascontiguousarray(crop), (SIDE, SIDE)).astype(np.uint8, copy=False)


def chunks(source: RepairedFrames) -> Iterator[tuple[Pixels, Pixels]]:
    """Colour (3, 8, 224, 224) and flow (2, 8, 224, 224) of each chunk, in -1..1.

    Args:
        source: crops in colour; at most 9 are in memory.
    """
    from metst.features.tv_l1 import flow  # with numba

    colours: deque[Frame] = deque(maxlen=CHUNK + 1)
    flows: deque[Pixels] = deque(maxlen=CHUNK)
    for index in range(len(source)):
        colours.append(source.read(index))
        if index:
            pair = [
                cv2.cvtColor(c, cv2.COLOR_RGB2GRAY).astype(np.uint8) for c in list(colours)[-2:]
            ]
            limited = np.clip(flow(pair[0], pair[1]), -FASTEST, FASTEST)
            flows.append(np.round((limited / FASTEST + 1) * 127.5))
        if index >= CHUNK and index % EVERY == 0:
            colour = np.stack(list(colours)[:CHUNK]).transpose(3, 0, 1, 2)
            yield _scaled(colour), _scaled(np.stack(flows, 1))


def _scaled(images: NDArray[np.generic]) -> Pixels:
    """0..255 to -1..1."""
    return (images.astype(np.float32) / 127.5 - 1).astype(np.float32)
