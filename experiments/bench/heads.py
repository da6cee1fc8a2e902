"""How many frames of rendered heads one core makes a second.

    python -m experiments.bench.heads

Frames are those of videos of `heads-dev`: one of every kind that costs more than others. Processor
time counts, since other programs change it less than the time of a clock.

Profile, per cent of a still frame as it is stored (360 px): shading 49, which triangle is seen 37,
sensor noise 8, display 4, JPEG 2, vertices 1. Where something moves quickly, a frame is the mean of
up to four pictures.
"""

import argparse
import time
from collections.abc import Callable, Iterable
from itertools import islice

import cv2

from metst.datasets.generated.filming import as_jpeg
from metst.datasets.heads.camera import recorded
from metst.datasets.heads.dataset import NAMED
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.render.film import frames, scene_of
from metst.datasets.heads.script import VideoPlan, VideoScript, write_plans, write_script
from metst.datasets.heads.truth import dense_flow, truth

GOAL = 40
"""Frames per second and core of a stored frame."""

FLOWS = 20
"""Dense flows that are timed."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--frames", type=int, default=150, help="frames of each video")
    count = parser.parse_args().frames
    cv2.setNumThreads(1)
    options = NAMED["heads-dev"]
    plans = write_plans(options)
    rates: dict[str, list[float]] = {"render": [], "stored": [], "truth": [], "dense flow": []}
    print(f"{'video':<34} " + " ".join(f"{name:>10}" for name in rates) + "  frames/s of one core")
    for kind, plan in chosen(plans).items():
        video = write_script(options, plan)
        row = measured(options, video, count)
        print(f"{kind + ' ' + plan.subject + '/' + plan.video:<34} " + line(row), flush=True)
        for name, rate in row.items():
            rates[name].append(rate)
    means = {name: len(values) / sum(1 / v for v in values) for name, values in rates.items()}
    print(f"{'mean':<34} " + line(means))
    print(f"a stored frame: {means['stored']:.0f} frames/s (goal: at least {GOAL})")


def line(rates: dict[str, float]) -> str:
    """Rates as columns."""
    return " ".join(f"{rate:10.1f}" for rate in rates.values())


def chosen(plans: Iterable[VideoPlan]) -> dict[str, VideoPlan]:
    """A plain video, and the first one of each group."""
    videos: dict[str, VideoPlan] = {}
    for plan in plans:
        videos.setdefault(plan.groups[0] if plan.groups else "plain", plan)
    return videos


def measured(options: HeadsOptions, video: VideoScript, count: int) -> dict[str, float]:
    """Frames per second of each step; only `truth` includes what is done once per video."""

    def stored() -> Iterable[bytes]:
        shown = recorded(options, video, frames(options, video))
        return (as_jpeg(frame, video.camera.jpeg) for frame in shown)

    scene = scene_of(options, video.subject)
    flows = (dense_flow(scene, video, t, t + 1) for t in range(video.frames - 1))
    return {
        "render": rate(frames(options, video), count),
        "stored": rate(stored(), count),
        "truth": video.frames / seconds(lambda: truth(options, video)),
        "dense flow": rate(flows, FLOWS),
    }


def rate(made: Iterable[object], count: int) -> float:
    """Items per second, the first one, which prepares, left out."""
    items = iter(made)
    next(items)
    taken: list[object] = []
    spent = seconds(lambda: taken.extend(islice(items, count)))
    return len(taken) / spent


def seconds(job: Callable[[], object]) -> float:
    """Processor time of a job."""
    start = time.process_time()
    job()
    return time.process_time() - start


if __name__ == "__main__":
    main()
