"""`metst stream --camera 0` or `metst stream FILE`: micro-expressions as they happen."""

from collections.abc import Sequence
from pathlib import Path

from jsonargparse import ArgumentParser

from metst.cli._tables import console
from metst.errors import ConfigError
from metst.loso.arguments import parse
from metst.predict import load_model
from metst.predict.streaming import Told, Totals, stream

BAR = 40
"""Width of the score's bar, in characters."""


def run(arguments: Sequence[str]) -> int:
    """Print score and events until the source ends; Ctrl-C ends a camera."""
    parser = ArgumentParser(prog="metst stream", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("video", type=Path | None, nargs="?", help="a file, played in real time")
    parser.add_argument("--camera", type=int | None, help="number of a camera, such as 0")
    parser.add_argument(
        "--checkpoint", type=Path | None, help="as for `metst predict`; default: a demonstration"
    )
    parser.add_argument("--fold", type=str | None, help="the one fold of a run that is taken")
    parser.add_argument("--every", type=float, default=1.0, help="seconds between lines of score")
    config = parse(parser, arguments)
    if (config.video is None) == (config.camera is None):
        msg = "expected a video file or --camera NUMBER, one of both"
        raise ConfigError(msg)
    model = load_model(config.checkpoint, config.fold)
    terminal = console()
    terminal.print(f"networks: {model.about.name}", markup=False, soft_wrap=True)
    source = config.video if config.camera is None else config.camera
    totals, shown = Totals(), 0.0
    try:
        for told in stream(model, source, totals):
            if told.event is not None:
                terminal.print(_event(told, model.about.fps), markup=False, soft_wrap=True)
            elif told.seconds >= shown:
                terminal.print(_score(told), markup=False, soft_wrap=True)
                shown = told.seconds + config.every
    except KeyboardInterrupt:
        if config.camera is None:
            raise
    terminal.print(_summary(totals), markup=False, soft_wrap=True)
    return 0


def _score(told: Told) -> str:
    bar = "#" * round(told.moment.score * BAR)
    face = "" if told.moment.seen else "  (no face)"
    return f"{told.seconds:8.2f} s  score {told.moment.score:.3f} {bar}{face}"


def _event(told: Told, fps: float) -> str:
    event = told.event
    assert event is not None  # asked for only then
    return (
        f"{told.seconds:8.2f} s  {event.emotion}: {event.onset / fps:.2f} to "
        f"{event.offset / fps:.2f} s, apex {event.apex / fps:.2f} s, score {event.score:.3f} "
        f"(threshold {event.threshold:.3f}), told {told.delay:.2f} s after its apex was seen"
    )


def _summary(totals: Totals) -> str:
    return (
        f"{totals.frames} frames in {totals.seconds:.1f} s, {totals.dropped} dropped, "
        f"{totals.repeated} repeated; {totals.sustained:.0f} frames/s could be sustained"
    )
