"""Stored features of videos: one safetensors file per video, found by content and never stale.

A file lies at `<folder>/<key of the specification>/<subject>/<video>.safetensors`. Its header lists
what the features were computed from, so that a changed image, parameter or library version is
noticed; checksums notice damage. Nothing is unpickled, and files are replaced in one step, so
that processes which extract at the same time do not harm each other.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from metst.video.folder import file_of

FORMAT = 4
"""Version of the layout of a file."""

KEY_DIGITS = 12
"""Hexadecimal digits of the digest in a folder name."""

Arrays = Mapping[str, NDArray[Any]]

DAMAGE = (SafetensorError, OSError, KeyError, TypeError, ValueError)
"""What reading a damaged or foreign file raises."""

MISMATCH = "its checksum does not match"


@dataclass(frozen=True)
class FeatureSpec:
    """A kind of features: its name and all that changes its numbers.

    Attributes:
        version: of the algorithm; raised whenever its numbers change.
        parameters: window length, constants, detector and library versions; plain JSON values.
        label: what makes the folder's name readable, such as `k50`; changes nothing else.
    """

    name: str
    version: int
    parameters: Mapping[str, Any] = field(default_factory=dict)
    label: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """Folder name: readable, and different for everything that gives other numbers."""
        digest = hashlib.sha256(_json(self.to_json()).encode()).hexdigest()
        return "-".join(filter(None, (self.name, self.label, digest[:KEY_DIGITS])))

    def to_json(self) -> dict[str, Any]:
        """What the key is made of."""
        return {"name": self.name, "version": self.version, "parameters": dict(self.parameters)}


@dataclass(frozen=True)
class Entry:
    """Features of one video.

    Attributes:
        arrays: by name; any types that safetensors knows. An array over windows or frames is
            accompanied by one with their frame numbers (from 0), unless it has a row per frame.
        frames: number of frames of the video.
        findings: what was wrong with the frames: code (`metst.datasets.labels.findings`), message.
    """

    arrays: Arrays
    frames: int
    findings: tuple[tuple[str, str], ...] = ()


def fingerprint(paths: Sequence[Path]) -> str:
    """Quick identity of a list of frames: name, size and modification time of each, in order.

    A missing file has its name only. The folder does not count: a data set may move. Where a copy
    has other times, `content` decides.
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
        status = file_of(path).stat()
    except OSError:
        return f"{name}\n"
    return f"{name}/{status.st_size}/{status.st_mtime_ns}\n"


def content(paths: Sequence[Path]) -> str:
    """Identity of a list of frames by the bytes of each, in order; a missing file has none."""
    digest = hashlib.sha256()
    film, of_film = Path(), b""  # a video is read once, not once a frame
    for path in paths:
        file = file_of(path)
        if file == path:
            digest.update(_file_content(path))
            continue
        if file != film:
            film, of_film = file, _file_content(file)
        digest.update(of_film + path.name.encode())
    return digest.hexdigest()


def _file_content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b"-"


def not_finite(arrays: Arrays) -> str | None:
    """The first place, as `NAME[ROW]`, with NaN or infinity; None where all numbers are finite."""
    for name, array in arrays.items():
        if (row := row_not_finite(array)) is not None:
            return f"{name}[{row}]"
    return None


def row_not_finite(array: NDArray[Any]) -> int | None:
    """First row of an array (N, ...) of floats that holds NaN or infinity; None without one."""
    if not np.issubdtype(array.dtype, np.inexact):
        return None
    finite = np.isfinite(np.atleast_1d(array))
    wrong = np.flatnonzero(~finite.all(axis=tuple(range(1, finite.ndim))))
    return int(wrong[0]) if len(wrong) else None


class FeatureStore:
    """Features on disk.

    Args:
        folder: of one data set; made when first written to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, spec: FeatureSpec, subject: str, video: str) -> Path:
        """Where the features of a video are, or would be."""
        return self.folder / spec.key / subject / f"{video}.safetensors"

    def write(
        self,
        spec: FeatureSpec,
        subject: str,
        video: str,
        entry: Entry,
        frames_id: str = "",
        frames_content: str = "",
    ) -> None:
        """Store the features of a video, in one step.

        Args:
            spec: what the features are.
            subject: name of the subject.
            video: name of the video.
            entry: the features.
            frames_id: `fingerprint` of the frames; empty for features that came without frames.
            frames_content: `content` of the frames.

        Raises:
            CacheError: the disk is full or the folder cannot be written; what was there stays.
            ValueError: the features are not finite.
        """
        if (wrong := not_finite(entry.arrays)) is not None:
            msg = f"{subject}/{video}: expected finite numbers, found NaN or infinity in {wrong}"
            raise ValueError(msg)
        arrays = {name: np.ascontiguousarray(array) for name, array in entry.arrays.items()}
        provenance = {
            "format": FORMAT,
            "spec": spec.to_json(),
            "frames": entry.frames,
            "frames_id": frames_id,
            "frames_content": frames_content,
            "findings": list(entry.findings),
            "numbers": _digest_of_numbers(entry.frames, arrays),
        }
        provenance["header"] = _digest_of_header(provenance)
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

    def renew(self, spec: FeatureSpec, subject: str, video: str, frames: Sequence[Path]) -> bool:
        """Accept features for frames of other names, sizes or times whose bytes are the same.

        Their `fingerprint` is noted, so that the next look is a quick one. It reads all frames.

        Returns:
            Whether there are intact features of just these bytes.

        Raises:
            CacheError: the folder cannot be written.
        """
        quick = fingerprint(frames)  # before reading: a frame that changes meanwhile shows
        try:
            known = str(_header(self.path(spec, subject, video))["frames_content"])
            if not known or known != content(frames):
                return False
            entry = self.read(spec, subject, video)
        except CacheError:
            return False
        self.write(spec, subject, video, entry, quick, known)
        return True

    def forget(self, spec: FeatureSpec, subject: str, video: str) -> None:
        """Remove the features of a video, if there are any."""
        self.path(spec, subject, video).unlink(missing_ok=True)

    def read(
        self, spec: FeatureSpec, subject: str, video: str, frames_id: str | None = None
    ) -> Entry:
        """The features of a video.

        Args:
            spec: what the features must be.
            subject: name of the subject.
            video: name of the video.
            frames_id: `fingerprint` of the frames; None accepts any (the frames may be elsewhere).

        Raises:
            CacheError: there are none, they are damaged, or they came from other frames.
        """
        path = self.path(spec, subject, video)
        if not path.exists():
            raise CacheError(path, self._why_absent(spec, subject, video))
        provenance, arrays = _load(path)
        if frames_id is not None and provenance["frames_id"] != frames_id:
            msg = "its frames have changed (names, sizes or times); extract again, if bytes have"
            raise CacheError(path, msg)
        findings = tuple((code, message) for code, message in provenance["findings"])
        return Entry(arrays, provenance["frames"], findings)

    def frames(self, spec: FeatureSpec, subject: str, video: str) -> int:
        """Number of frames of a video, from the header of its features alone.

        Raises:
            CacheError: there are no features of it, or their header is damaged.
        """
        return int(_header(self.path(spec, subject, video))["frames"])

    def checksum(self, spec: FeatureSpec, subject: str, video: str) -> str:
        """Identity of a video's numbers, from the header of its features alone.

        Equal for equal numbers, wherever the frames came from.

        Raises:
            CacheError: there are no features of it, or their header is damaged.
        """
        return str(_header(self.path(spec, subject, video))["numbers"])

    def origin(self, spec: FeatureSpec, subject: str, video: str) -> str:
        """Identity of the bytes of the frames that features came from (`content`).

        Raises:
            CacheError: there are no features of it, or their header is damaged.
        """
        return str(_header(self.path(spec, subject, video))["frames_content"])

    def explain(
        self, spec: FeatureSpec, subject: str, video: str, frames_id: str | None = None
    ) -> str | None:
        """Why `read` would fail, as text; None where it would not."""
        try:
            self.read(spec, subject, video, frames_id)
        except CacheError as error:
            return str(error)
        return None

    def videos(self, spec: FeatureSpec) -> list[tuple[str, str]]:
        """Subject and name of each video that has features, in any order."""
        files = (self.folder / spec.key).glob("*/*.safetensors")
        return [(file.parent.name, file.stem) for file in files]

    def _why_absent(self, spec: FeatureSpec, subject: str, video: str) -> str:
        """Name what differs from features of the same video that are there."""
        name = f"{video}.safetensors"
        differences = [
            f"{folder.name} differs in {_difference(stored, spec)}"
            for folder in sorted(self.folder.glob(f"{spec.name}-*"))
            if (stored := _stored_spec(folder / subject / name)) is not None
            and stored["name"] == spec.name
        ]
        known = "; ".join(differences) or "there are none of this video with other settings either"
        return f"no such features yet; extract them ({known})"


def _header(path: Path) -> dict[str, Any]:
    """What the features of a file came from, without reading them."""
    try:
        with safe_open(path, framework="numpy") as file:
            return _checked_header(file.metadata())
    except DAMAGE as error:
        msg = f"has no header that can be read ({error}); extract again"
        raise CacheError(path, msg) from error


def _load(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Header and arrays of a file, checked for damage."""
    try:
        with safe_open(path, framework="numpy") as file:
            header = _checked_header(file.metadata())
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if header["numbers"] != _digest_of_numbers(header["frames"], arrays):
            raise ValueError(MISMATCH)
    except DAMAGE as error:
        msg = f"is damaged ({error}); extract again"
        raise CacheError(path, msg) from error
    return header, arrays


def _checked_header(metadata: Mapping[str, str] | None) -> dict[str, Any]:
    """The header of a file; an error of `DAMAGE` where it is none, or damaged."""
    header: dict[str, Any] = json.loads((metadata or {})["provenance"])
    if header["format"] != FORMAT:
        msg = f"expected format {FORMAT}, found {header['format']}"
        raise ValueError(msg)
    if header.pop("header") != _digest_of_header(header):
        raise ValueError(MISMATCH)
    return header


def _stored_spec(path: Path) -> dict[str, Any] | None:
    """Specification of an intact file."""
    if not path.exists():
        return None
    try:
        spec: dict[str, Any] = _load(path)[0]["spec"]
    except CacheError:
        return None
    return spec


def _digest_of_header(header: Mapping[str, Any]) -> str:
    return hashlib.sha256(_json(header).encode()).hexdigest()


def _digest_of_numbers(frames: int, arrays: Arrays) -> str:
    digest = hashlib.sha256(f"{frames} frames".encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape}".encode())
        digest.update(arrays[name].tobytes())
    return digest.hexdigest()


def _difference(stored: Mapping[str, Any], spec: FeatureSpec) -> str:
    """The settings in which a stored specification differs from the wanted one."""
    changed = sorted(changes(stored, json.loads(_json(spec.to_json()))).items())
    return ", ".join(f"{name} ({there} there, {want} wanted)" for name, (there, want) in changed)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True)
