"""The authors' released features: pickles of ROI flow, read without trusting them, into the store.

A pickle holds a list with an entry per video, which is a list with an array (C, k) per window;
a data set may come in several parts. The videos are those that have a sample by the authors'
rules, by subject and then by name in natural order.

Shapes: W windows, C flow channels, k frames per window.
"""

import logging
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metst.base.errors import ReleaseError
from metst.base.names import natural_key
from metst.datasets.labels import Recording
from metst.features.feature import Feature
from metst.features.roi_flow import ME_TST_ROIS, RELEASED, RoiFlow, flow_entry
from metst.features.store import Entry, FeatureSpec, FeatureStore, row_not_finite
from metst.features.windows import window_starts

_log = logging.getLogger(__name__)

SUFFIXES = (".pkl", ".pickle")

FLOATS = ("f2", "f4", "f8")
"""Types of numbers that an array may hold."""

NAMED = 5
"""Most videos that a message spells out."""

DAMAGE = (
    *(pickle.UnpicklingError, EOFError, ArithmeticError, LookupError, MemoryError),
    *(AttributeError, TypeError, ValueError),
)
"""What reading a damaged or foreign file raises."""


def released_spec(k: int) -> FeatureSpec:
    """Name of the released features in the store, apart from features that are extracted here."""
    parameters = {"k": k, "source": "the authors' release"}
    return FeatureSpec("released", 1, parameters, label=f"k{k}")


def release_of(feature: Feature) -> FeatureSpec | None:
    """Name of the released features that can stand in for others; None where none can."""
    if isinstance(feature, RoiFlow) and (feature.rois, feature.method) == (ME_TST_ROIS, RELEASED):
        return released_spec(feature.k)
    return None


def import_features(
    path: Path, recordings: Sequence[Recording], k: int, store: FeatureStore
) -> int:
    """Put released features into the store under `released_spec`; returns the number of videos.

    Args:
        path: folder of the pickles, taken in natural order of their names, or a single pickle.
        recordings: the videos that the release holds, in its order.
        k: frames per window.
        store: of the data set.

    Raises:
        ReleaseError: the files are missing, hold anything but numbers, or do not fit; nothing is
            written then.
    """
    videos = read_features(path, k)
    if len(videos) != len(recordings):
        msg = (
            f"expected features of {len(recordings)} videos, those with usable micro-expressions "
            f"in the label tables, found {len(videos)}; give all parts of the release and the "
            f"label tables it was made with{_twins(recordings)}"
        )
        raise ReleaseError(path, msg)
    _warn_of_short(videos, recordings, k)
    for recording, windows in zip(recordings, videos, strict=True):
        entry = _entry(windows, k)
        store.write(released_spec(k), recording.subject, recording.video, entry)
    return len(videos)


def read_features(path: Path, k: int) -> list[NDArray[np.float32]]:
    """Flow windows (W, C, k) of every video in a folder of pickles, or in one.

    Raises:
        ReleaseError: there are none, or one holds anything but windows of finite numbers.
    """
    parts = [path] if path.is_file() else _parts(path)
    return [
        _windows(video, k, part, f"video {number}")
        for part in parts
        for number, video in enumerate(_videos(part), start=1)
    ]


def _parts(folder: Path) -> list[Path]:
    found = folder.iterdir() if folder.is_dir() else ()
    parts = [p for p in found if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")]
    if not parts:
        msg = f"expected a folder with the released features ({', '.join(SUFFIXES)}), found none"
        raise ReleaseError(folder, msg)
    return sorted(parts, key=lambda part: natural_key(part.name))


def _videos(part: Path) -> list[Any]:
    try:
        with part.open("rb") as file:
            videos = _Reader(file).load()
    except OSError as error:
        raise ReleaseError(part, f"cannot be read ({error.strerror})") from error
    except DAMAGE as error:
        msg = f"expected a pickle of lists and arrays of numbers, nothing of it is used: {error}"
        raise ReleaseError(part, msg) from error
    if not isinstance(videos, list):
        msg = f"expected a list with an entry per video, found {type(videos).__name__}"
        raise ReleaseError(part, msg)
    return videos


def _windows(video: object, k: int, part: Path, name: str) -> NDArray[np.float32]:
    """Windows (W, C, k) of one video."""
    shape = (ME_TST_ROIS.channels, k)
    items = video if isinstance(video, list) else [video]
    if not items:
        return np.zeros((0, *shape), np.float32)
    try:
        values = [item.values if isinstance(item, _Array) else item for item in items]
        windows = np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        msg = f"{name}: expected windows of shape {shape}, found something else ({error})"
        raise ReleaseError(part, msg) from error
    if windows.ndim == 4 and not isinstance(video, list):
        windows = windows[0]  # (W, C, k): the windows of a video may be one array
    if windows.ndim != 3 or windows.shape[1:] != shape:
        msg = f"{name}: expected windows of shape {shape}, found {windows.shape[1:]}; is k {k}?"
        raise ReleaseError(part, msg)
    with np.errstate(over="ignore"):
        single = windows.astype(np.float32)
    if (wrong := row_not_finite(single)) is not None:
        msg = f"{name}: expected finite numbers, found NaN, infinity or more in window {wrong + 1}"
        raise ReleaseError(part, msg)
    return single


def _entry(windows: NDArray[np.float32], k: int) -> Entry:
    """Entry of a video as long as its windows; where its faces were is not known."""
    count = len(windows)
    frames = (count + 1) * k // 2
    starts = window_starts(frames, k, tail=False)  # (W,)
    return flow_entry(windows, starts, starts, np.zeros((count, 4), np.int64), frames)


def _warn_of_short(
    videos: Sequence[NDArray[np.float32]], recordings: Sequence[Recording], k: int
) -> None:
    """Warn of videos that seem to end before one of their micro-expressions begins.

    The features give the length to half a window; a video out of its place would stand out here.
    """
    short = [
        f"{r.subject}/{r.video}"
        for windows, r in zip(videos, recordings, strict=True)
        if max(r.timebase.to_frame(e.onset) for e in r.micro) >= (len(windows) + 2) * k // 2
    ]
    if short:
        _log.warning(
            "released features: %d videos end before a micro-expression begins, so their order may "
            "differ from that of the label tables: %s",
            *(len(short), ", ".join(short[:NAMED]) + (" ..." if len(short) > NAMED else "")),
        )


def _twins(recordings: Sequence[Recording]) -> str:
    """Hint at videos whose names differ only in case, which the authors' folders may not have."""
    seen: dict[tuple[str, str], str] = {}
    twins = [
        f"{r.subject}/{r.video}"
        for r in recordings
        if seen.setdefault((r.subject, r.video.casefold()), r.video) != r.video
    ]
    if not twins:
        return ""
    names = ", ".join(twins)
    return f"; {names} differ only in case from another: leave one out, --without SUBJECT/VIDEO"


class _Array:
    """An array while it is read; numpy's own reconstruction is never run on foreign bytes."""

    values: NDArray[np.floating[Any]] = np.empty(0)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, fortran, data = state
        self.fill(data, dtype, shape, "F" if fortran else "C")

    def fill(self, data: bytes, dtype: "_Dtype", shape: tuple[int, ...], order: str) -> None:
        """Numbers from their bytes; a wrong count raises `ValueError`."""
        values = np.frombuffer(data, dtype.numpy)
        self.values = values.reshape(shape, order="F" if order == "F" else "C")


class _Dtype:
    """The type of an array's numbers, while it is read."""

    def __init__(self, code: str) -> None:
        if code.lstrip("<>=") not in FLOATS:
            msg = f"arrays of type {code!r} are not read, only of floats"
            raise pickle.UnpicklingError(msg)
        self.numpy = np.dtype(code)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.numpy = self.numpy.newbyteorder(">" if state[1] == ">" else "<")


class _Reader(pickle.Unpickler):
    """Builds lists and arrays of floats; a pickle that asks for anything else is refused."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - pickle's signature
        """Our own stand-in for what the pickle asks for."""
        module = module.replace("numpy._core.", "numpy.core.")  # written by numpy 2
        if (module, name) not in _ADMITTED:
            msg = f"it asks for {module}.{name}, which is not admitted"
            raise pickle.UnpicklingError(msg)
        return _ADMITTED[module, name]


def _reconstruct(*_: object) -> _Array:
    return _Array()


def _from_buffer(data: bytes, dtype: _Dtype, shape: tuple[int, ...], order: str) -> _Array:
    array = _Array()
    array.fill(data, dtype, shape, order)
    return array


def _dtype(code: str, *_: object) -> _Dtype:
    return _Dtype(code)


def _encode(text: str, encoding: str) -> bytes:
    """Bytes as old pickle protocols write them: a text of their values."""
    if encoding != "latin1":
        msg = f"expected bytes as latin1, found {encoding!r}"
        raise pickle.UnpicklingError(msg)
    return text.encode("latin1")


_ADMITTED: dict[tuple[str, str], Callable[..., object] | str] = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy.core.numeric", "_frombuffer"): _from_buffer,
    ("numpy", "ndarray"): "ndarray",  # only ever an argument of the first
    ("numpy", "dtype"): _dtype,
    ("_codecs", "encode"): _encode,
}
