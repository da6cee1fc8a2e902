"""`metst predict VIDEO...`: micro-expressions in new videos."""

from collections.abc import Sequence
from pathlib import Path

from jsonargparse import ArgumentParser
from rich.table import Table

from metst.cli._tables import console
from metst.errors import ConfigError, VideoError
from metst.loso.arguments import parse
from metst.predict import Analysis, analyze_with, load_model
from metst.predict.files import write_analysis
from metst.predict.overlay import write_overlay


def run(arguments: Sequence[str]) -> int:
    """Analyze videos one after the other; 1 if one of them could not be."""
    parser = ArgumentParser(prog="metst predict", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("videos", type=Path, nargs="+", help="video files or folders of images")
    parser.add_argument(
        "--checkpoint",
        type=Path | None,
        help="run folder, last.ckpt, exported file or the authors' .pkl; default: a demonstration",
    )
    parser.add_argument("--fold", type=str | None, help="the one fold of a run that is taken")
    parser.add_argument("--fps", type=float | None, help="frames per second of folders of images")
    parser.add_argument("--out", type=Path, default=Path("predictions"), help="folder for results")
    parser.add_argument("--overlay", action="store_true", help="also write an annotated video")
    config = parse(parser, arguments)
    _check(config.videos)
    model = load_model(config.checkpoint, config.fold)
    terminal = console()
    terminal.print(f"networks: {model.about.name}", markup=False, soft_wrap=True)
    failed = 0
    for video in config.videos:
        try:
            analysis = analyze_with(model, video, config.fps)
            folder = config.out / _name(video)
            write_analysis(analysis, folder)
            if config.overlay:
                write_overlay(analysis, folder / "overlay.mp4")
        except VideoError as error:
            terminal.print(str(error), style="red", markup=False, soft_wrap=True)
            failed += 1
            continue
        terminal.print(_table(analysis))
        terminal.print(f"written to {folder}", markup=False, soft_wrap=True)
    return 1 if failed else 0


def _check(videos: Sequence[Path]) -> None:
    names = [_name(video) for video in videos]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        msg = f"two videos are called {twice}, and so would their results: predict them apart"
        raise ConfigError(msg)


def _name(video: Path) -> str:
    """Folder of a video's results: its name; of images, with the two folders above (s1-a-color)."""
    parts = video.resolve().parts
    return "-".join(parts[-3:]).strip("/") if video.is_dir() else parts[-1]


def _table(analysis: Analysis) -> Table:
    count = len(analysis.intervals)
    title = f"{analysis.path.name}: {count} micro-expressions in {analysis.seconds[-1]:.1f} s"
    table = Table(title=title, title_justify="left")
    for column in ("onset", "apex", "offset", "from s", "to s", "emotion", "score"):
        table.add_column(column, justify="left" if column == "emotion" else "right")
    for x in analysis.intervals:
        times = f"{x.onset_seconds:.2f}", f"{x.offset_seconds:.2f}"
        table.add_row(*map(str, (x.onset, x.apex, x.offset)), *times, x.emotion, f"{x.score:.3f}")
    return table
