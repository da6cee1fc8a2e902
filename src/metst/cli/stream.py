"""`metst stream --camera 0` or `metst stream FILE`: micro-expressions as they happen."""

from collections.abc import Sequence

from jsonargparse import ArgumentParser

from metst.base.errors import ConfigError
from metst.cli._networks import add_networks, networks
from metst.cli._tables import console
from metst.cli._videos import local_path, with_dashed_names
from metst.predict import Model
from metst.predict.streaming import Found, Totals, Update, stream
from metst.runner.arguments import parse

BAR = 40
"""Width of the score's bar, in characters."""


def run(arguments: Sequence[str]) -> int:
    """Print score and events until the source ends; Ctrl-C ends a camera."""
    parser = ArgumentParser(prog="metst stream", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("video", type=local_path, nargs="?", help="a file, played in real time")
    parser.add_argument("--camera", type=int | None, help="number of a camera, such as 0")
    add_networks(parser)
    parser.add_argument("--every", type=float, default=1.0, help="seconds between lines of score")
    config = parse(parser, with_dashed_names(parser, arguments))
    if (config.video is None) == (config.camera is None):
        msg = "expected a video file or --camera NUMBER, one of both"
        raise ConfigError(msg)
    terminal = console()
    model = networks(config, terminal)
    if not isinstance(model, Model):
        msg = (
            "stream: expected networks that read ROI flow frame by frame, got "
            f"{type(model.systems[0]).__name__}, whose threshold needs the whole video; "
            "`metst predict` takes it"
        )
        raise ConfigError(msg)
    source = config.video if config.camera is None else config.camera
    if model.about.rule is not None:
        why = "selecting their own length needs the whole video"
        terminal.print(f"intervals have 2 k_p frames here: {why}", markup=False, soft_wrap=True)
    totals, shown = Totals(), 0.0
    try:
        for update in stream(model, source, totals):
            if isinstance(update, Found):
                terminal.print(_event(update, model.about.fps), markup=False, soft_wrap=True)
            elif update.seconds >= shown:
                terminal.print(_score(update), markup=False, soft_wrap=True)
                shown = update.seconds + config.every
    except KeyboardInterrupt:
        if config.camera is None:
            raise
    terminal.print(_summary(totals, model), markup=False, soft_wrap=True)
    return 0


def _score(update: Update) -> str:
    bar = "#" * round(update.moment.score * BAR)
    why = "" if update.moment.seen else "  (no face)"
    if update.repeated:
        why = "  (no frame in time)"
    return f"{update.seconds:8.2f} s  score {update.moment.score:.3f} {bar}{why}"


def _event(found: Found, fps: float) -> str:
    event = found.event
    return (
        f"{found.seconds:8.2f} s  {event.emotion}: {event.onset / fps:.2f} to "
        f"{event.offset / fps:.2f} s, apex {event.apex / fps:.2f} s, score {event.score:.3f} "
        f"(threshold {event.threshold:.3f}), {found.delay:.2f} s after its apex was seen"
    )


def _summary(totals: Totals, model: Model) -> str:
    """How many frames came and were analyzed, and what to do where some were dropped."""
    fps = model.about.fps
    text = (
        f"{totals.arrived} frames came in {totals.seconds:.1f} s, {totals.analyzed} were analyzed; "
        f"this machine can analyze {totals.sustained:.0f} frames/s, the networks read {fps:g}"
    )
    if totals.unneeded:
        text += f"\n{totals.unneeded} frames came between two that the networks read"
    if totals.dropped:
        text += (
            f"\n{totals.dropped} frames were dropped, because those before them took too long; "
            f"where frames are missing, finds are less certain"
        )
        if len(model.networks) > 1:
            text += f"; --fold NAME takes one network instead of {len(model.networks)}"
    return text
