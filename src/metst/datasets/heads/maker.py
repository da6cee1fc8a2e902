"""Making a set of rendered heads, see `metst.datasets.generated.place`.

The digest of a video is the SHA-256 of its pixels as they are stored, before JPEG, whose bytes
depend on the library; the digest of a set is the SHA-256 of the lines `SUBJECT/VIDEO DIGEST`.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import cv2

from metst import __version__
from metst.datasets.generated.filming import as_jpeg, for_each_video, write_video
from metst.datasets.generated.place import Place
from metst.datasets.heads.camera import recorded
from metst.datasets.heads.folder import is_whole, missing, place_of
from metst.datasets.heads.layout import image_name, video_folder
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.records import read_truth, write_conditions, write_truth
from metst.datasets.heads.render.film import frames
from metst.datasets.heads.script import VideoPlan, VideoScript, write_plans, write_script
from metst.datasets.heads.show import write_clips, write_faces
from metst.datasets.heads.summary import Summary, summary
from metst.datasets.heads.tables import write_tables
from metst.datasets.heads.truth import truth

_log = logging.getLogger(__name__)


def generate(root: Path, options: HeadsOptions, workers: int, *, overwrite: bool = False) -> None:
    """Make a set of rendered heads in `root`, or what is missing of it; nothing if it is complete.

    Args:
        root: a new or empty folder, or one that holds a set of the same options.
        options: what to make; pixels and labels depend on nothing else.
        workers: processes over the videos.
        overwrite: remove a set of other options first. What is no such set is never removed.

    Raises:
        DataError: the folder holds something else, cannot be written, or the disk is full; videos
            that were finished are kept.
    """
    place, plans = place_of(root, options), write_plans(options)
    place.reserve(overwrite=overwrite)
    if is_whole(place, options, plans):
        _log.info("%s in %s: complete, nothing to do", place.title, root)
    else:
        _make(place, options, plans, workers)


def _make(place: Place, options: HeadsOptions, plans: Sequence[VideoPlan], workers: int) -> None:
    root, every = place.root, {(p.subject, p.video): p for p in plans}
    if absent := missing(root, options, plans):
        job = partial(film, place, options)
        for_each_video(place, place.title, job, absent, _frames, workers)
    read = partial(summary, options)
    done = {s.key: s for s in for_each_video(place, "labels", read, plans, _frames, workers)}
    summaries = [done[key] for key in every]
    with place.errors():
        write_tables(root, options.layout, summaries)
        write_conditions(root, ((s.key, s.conditions) for s in summaries))
        write_faces(root, options, summaries)
        write_clips(root, options, summaries)
        place.finish(_made(root, summaries))


def film(place: Place, options: HeadsOptions, plan: VideoPlan) -> None:
    """Write frames and truth of one video; its folder appears when all is written.

    Raises:
        DataError: a file cannot be written.
    """
    cv2.setNumThreads(1)  # frames are small, and the other cores film other videos
    folder = video_folder(place.root, options.layout, plan.subject, plan.video)
    write_video(place, folder, _images(place.root, options, write_script(options, plan)))


def _images(root: Path, options: HeadsOptions, script: VideoScript) -> Iterator[tuple[str, bytes]]:
    pixels = hashlib.sha256()
    scene = frames(options, script)
    for number, frame in enumerate(recorded(options, script, scene), start=1):
        pixels.update(frame.data)
        name = image_name(options.layout, script.video, number)
        yield name, as_jpeg(frame, script.camera.jpeg)
    write_truth(root, script, truth(options, script), pixels.hexdigest())


def _made(root: Path, summaries: Sequence[Summary]) -> dict[str, Any]:
    """What came out: counts, the version that made it, and the digest."""
    digest = hashlib.sha256()
    for s in summaries:
        of_video = read_truth(root, *s.key, "digest")["digest"]
        digest.update(f"{'/'.join(s.key)} {of_video}\n".encode())
    kinds = Counter(seen.expression.kind for s in summaries for seen in s.expressions)
    return {
        "version": __version__,
        "subjects": len({s.subject for s in summaries}),
        "videos": len(summaries),
        "frames": sum(s.frames for s in summaries),
        "expressions": dict(sorted(kinds.items())),
        "groups": dict(sorted(Counter(g for s in summaries for g in s.conditions.groups).items())),
        "digest": digest.hexdigest(),
    }


def _frames(plan: VideoPlan) -> int:
    return plan.frames
