"""Cached features of videos: one safetensors file per video, found by content and never stale.

A file lies at `<folder>/<key of the specification>/<subject>/<video>.safetensors`. Its header lists
what the features were computed from, so that a changed image, parameter or library version is
noticed; a checksum notices damage. Nothing is unpickled, and files are replaced in one step, so
that processes which extract at the same time do not harm each other.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from metst.base.errors import CacheError
from metst.base.files import write_atomic
from metst.base.names import printable
from metst.base.settings import changes

FORMAT = 2
"""Version of the layout of a file."""

KEY_DIGITS = 12
"""Hexadecimal digits of the digest in a folder name."""

NO_FACE = -1
"""Reference frame of a window in which no face was found."""


@dataclass(frozen=True)
class FlowSpec:
    """A kind of features: its name and all that changes its numbers.

    Attributes:
        k: frames per window.
        version: of the algorithm; raised whenever its numbers change.
        parameters: constants, detector and library versions; plain JSON values.
    """

    name: str
    k: int
    version: int
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Folder name: readable, and different for everything that gives other numbers."""
        digest = hashlib.sha256(_json(asdict(self)).encode()).hexdigest()
        return f"{self.name}-k{self.k}-{digest[:KEY_DIGITS]}"


@dataclass(frozen=True)
class Entry:
    """Features of one video.

    Attributes:
        windows: flow windows, float32 (W, C, k).
        starts: first frame of each window, int64 (W,).
        references: frame whose face each window was measured on, int64 (W,); `NO_FACE` for none.
        boxes: face crop as top, bottom, left, right in that frame, int64 (W, 4).
        frames: number of frames of the video.
        findings: what was wrong with the frames: code (`metst.datasets.labels.findings`) and words.
    """

    windows: NDArray[np.float32]
    starts: NDArray[np.int64]
    references: NDArray[np.int64]
    boxes: NDArray[np.int64]
    frames: int
    findings: tuple[tuple[str, str], ...] = ()

    @property
    def arrays(self) -> dict[str, Any]:
        return _arrays(self)


def fingerprint(paths: Sequence[Path]) -> str:
    """Identity of a list of frames: name, size and modification time of each, in order.

    A missing file has its name only. The folder does not count: a data set may move.
    """
    digest = hashlib.sha256()
    known: dict[Path, bytes] = {}  # a file may stand for several frames
    for path in paths:
        if path not in known:
            known[path] = _file_identity(path).encode()
        digest.update(known[path])
    return digest.hexdigest()


def _file_identity(path: Path) -> str:
    name = printable(path.name)
    try:
        status = path.stat()
    except OSError:
        return f"{name}\n"
    return f"{name}/{status.st_size}/{status.st_mtime_ns}\n"


def not_finite(windows: NDArray[np.float32]) -> int | None:
    """First window of (W, C, k) that holds NaN or infinity; None where none does."""
    wrong = np.flatnonzero(~np.isfinite(windows).all(axis=(1, 2)))
    return int(wrong[0]) if len(wrong) else None


class FlowCache:
    """Features on disk.

    Args:
        folder: of one data set; made when first written to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, spec: FlowSpec, subject: str, video: str) -> Path:
        """Where the features of a video are, or would be."""
        return self.folder / spec.key / subject / f"{video}.safetensors"

    def write(
        self, spec: FlowSpec, subject: str, video: str, entry: Entry, frames_id: str = ""
    ) -> None:
        """Store the features of a video, in one step.

        Args:
            spec: what the features are.
            subject: name of the subject.
            video: name of the video.
            entry: the features.
            frames_id: `fingerprint` of the frames; empty for features that came without frames.

        Raises:
            CacheError: the disk is full or the folder cannot be written; what was there stays.
            ValueError: the features are not finite.
        """
        if (wrong := not_finite(entry.windows)) is not None:
            msg = (
                f"{subject}/{video}: expected finite flow, found NaN or infinity in window {wrong}"
            )
            raise ValueError(msg)
        arrays = _arrays(entry)
        provenance = {
            "format": FORMAT,
            "spec": asdict(spec),
            "frames": entry.frames,
            "frames_id": frames_id,
            "findings": list(entry.findings),
        }
        provenance["sha256"] = _checksum(provenance, arrays)
        # One metadata key: safetensors writes several in a random order, and equal features should
        # be equal bytes.
        data = save(arrays, metadata={"provenance": _json(provenance)})
        path = self.path(spec, subject, video)
        try:
            write_atomic(path, data)
        except OSError as error:
            msg = (
                f"cannot be written ({error.strerror}); free space, or choose another cache folder"
            )
            raise CacheError(path, msg) from error

    def forget(self, spec: FlowSpec, subject: str, video: str) -> None:
        """Remove the features of a video, if there are any."""
        self.path(spec, subject, video).unlink(missing_ok=True)

    def read(self, spec: FlowSpec, subject: str, video: str, frames_id: str | None = None) -> Entry:
        """The features of a video.

        Args:
            spec: what the features must be.
            subject: name of the subject.
            video: name of the video.
            frames_id: `fingerprint` of the frames; None accepts any (the frames may be elsewhere).

        Raises:
            CacheError: there are none, they are damaged or not finite, or they came from other
                frames.
        """
        path = self.path(spec, subject, video)
        if not path.exists():
            raise CacheError(path, self._why_absent(spec, subject, video))
        provenance, arrays = _load(path)
        if frames_id is not None and provenance["frames_id"] != frames_id:
            msg = "its frames have changed since (names, sizes or times); extract again"
            raise CacheError(path, msg)
        if (wrong := not_finite(arrays["windows"])) is not None:
            msg = (
                f"the flow of {subject}/{video} is NaN or infinite in window {wrong}, which begins "
                f"at frame {arrays['starts'][wrong]} (from 0); delete the file and extract or "
                "import again"
            )
            raise CacheError(path, msg)
        findings = tuple((code, message) for code, message in provenance["findings"])
        return Entry(**arrays, frames=provenance["frames"], findings=findings)

    def frames(self, spec: FlowSpec, subject: str, video: str) -> int:
        """Number of frames of a video, from the header of its features alone.

        Raises:
            CacheError: there are no features of it, or their header is damaged.
        """
        return int(_header(self.path(spec, subject, video))["frames"])

    def checksum(self, spec: FlowSpec, subject: str, video: str) -> str:
        """Identity of a video's features, from their header alone; equal for equal features.

        Raises:
            CacheError: there are no features of it, or their header is damaged.
        """
        return str(_header(self.path(spec, subject, video))["sha256"])

    def explain(
        self, spec: FlowSpec, subject: str, video: str, frames_id: str | None = None
    ) -> str | None:
        """Why `read` would fail, as text; None where it would not."""
        try:
            self.read(spec, subject, video, frames_id)
        except CacheError as error:
            return str(error)
        return None

    def _why_absent(self, spec: FlowSpec, subject: str, video: str) -> str:
        """Name what differs from features of the same video that are there."""
        name = f"{video}.safetensors"
        differences = [
            f"{folder.name} differs in {_difference(stored, spec)}"
            for folder in sorted(self.folder.glob(f"{spec.name}-k*"))
            if (stored := _stored_spec(folder / subject / name)) is not None
        ]
        known = "; ".join(differences) or "there are none of this video with other settings either"
        return f"no such features yet; extract them ({known})"


def _arrays(entry: Entry) -> dict[str, NDArray[Any]]:
    return {
        "windows": np.ascontiguousarray(entry.windows, np.float32),  # (W, C, k)
        "starts": np.ascontiguousarray(entry.starts, np.int64),  # (W,)
        "references": np.ascontiguousarray(entry.references, np.int64),  # (W,)
        "boxes": np.ascontiguousarray(entry.boxes, np.int64),  # (W, 4)
    }


def _header(path: Path) -> dict[str, Any]:
    """What the features of a file came from, without reading them."""
    try:
        with safe_open(path, framework="numpy") as file:
            provenance: dict[str, Any] = json.loads((file.metadata() or {})["provenance"])
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        msg = f"has no header that can be read ({error}); extract again"
        raise CacheError(path, msg) from error
    return provenance


def _load(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Header and arrays of a file, checked for damage."""
    try:
        with safe_open(path, framework="numpy") as file:
            provenance = json.loads((file.metadata() or {})["provenance"])
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        intact = provenance.pop("sha256") == _checksum(provenance, arrays)
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        msg = f"is damaged ({error}); extract again"
        raise CacheError(path, msg) from error
    if not intact or provenance["format"] != FORMAT:
        msg = "is damaged (its checksum does not match) or of another version; extract again"
        raise CacheError(path, msg)
    return provenance, arrays


def _stored_spec(path: Path) -> dict[str, Any] | None:
    """Specification of an intact file."""
    if not path.exists():
        return None
    try:
        spec: dict[str, Any] = _load(path)[0]["spec"]
    except CacheError:
        return None
    return spec


def _checksum(provenance: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> str:
    """Digest of the header and of the numbers."""
    digest = hashlib.sha256(_json(provenance).encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape}".encode())
        digest.update(arrays[name].tobytes())
    return digest.hexdigest()


def _difference(stored: Mapping[str, Any], spec: FlowSpec) -> str:
    """The settings in which a stored specification differs from the wanted one."""
    changed = sorted(changes(stored, json.loads(_json(asdict(spec)))).items())
    return ", ".join(f"{name} ({there} there, {want} wanted)" for name, (there, want) in changed)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True)
