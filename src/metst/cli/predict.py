"""`metst predict VIDEO...`: micro-expressions in new videos."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
from jsonargparse import ArgumentParser
from rich.table import Table
from rich.text import Text

from metst.base.errors import ConfigError, VideoError
from metst.base.files import write_atomic
from metst.base.settings import require
from metst.cli._networks import add_networks, networks
from metst.cli._tables import console
from metst.cli._videos import local_path, with_dashed_names
from metst.predict import Analysis, analyze_with
from metst.predict.files import ALL, check_annotation, named_intervals, write_analysis
from metst.predict.places import check_places, result_names, table_names, title
from metst.predict.training import training_note
from metst.runner.arguments import parse


def run(arguments: Sequence[str]) -> int:
    """Analyze videos one after the other; 1 if one of them could not be."""
    parser = _parser()
    config = parse(parser, with_dashed_names(parser, arguments))
    require("--no-video", True, config.page or not config.no_video, "--page beside it")
    folders = _folders(config.videos, config.out)
    names = table_names(config.videos, config.names)
    for folder in folders:
        check_annotation(folder, wanted=config.eaf)
    terminal = console()
    model = networks(config, terminal)
    failed = 0
    tables: list[pd.DataFrame] = []
    for video, folder, key in zip(config.videos, folders, names, strict=True):
        try:
            analysis = analyze_with(model, video, config.fps)
            note = training_note(video, config.checkpoint, config.fold)
            if note:
                analysis = replace(analysis, notes=(*analysis.notes, note))
            more = {"overlay": config.overlay, "elan": config.eaf, "subtitles": config.vtt}
            more |= {"page": config.page, "video": not config.no_video}
            write_analysis(analysis, folder, **more)
        except VideoError as error:
            terminal.print(str(error), style="red", markup=False, soft_wrap=True)
            failed += 1
            continue
        tables.append(named_intervals(analysis, key))
        table = pd.concat(tables).to_csv(index=False, lineterminator="\n")
        write_atomic(config.out / ALL, table.encode())
        terminal.print(_table(analysis))
        if note:
            terminal.print(f"note: {note}", markup=False, soft_wrap=True)
        if analysis.quiet:
            terminal.print(analysis.quiet, markup=False, soft_wrap=True)
        terminal.print(f"written to {folder}", markup=False, soft_wrap=True)
    return 1 if failed else 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="metst predict", exit_on_error=False, allow_abbrev=False)
    parser.add_argument(
        "videos", type=local_path, nargs="+", help="video files or folders of images"
    )
    add_networks(parser)
    parser.add_argument("--fps", type=float | None, help="frames per second of folders of images")
    parser.add_argument(
        "--out",
        type=local_path,
        default=Path("predictions"),
        help="folder for results, and for the table of all videos",
    )
    parser.add_argument("--overlay", action="store_true", help="also write an annotated video")
    parser.add_argument(
        "--page", action="store_true", help="also write a page: the video beside its curves"
    )
    parser.add_argument(
        "--no-video", action="store_true", help="--page without the video: nobody is seen on it"
    )
    parser.add_argument("--eaf", action="store_true", help="also write a file for ELAN")
    parser.add_argument("--vtt", action="store_true", help="also write subtitles")
    parser.add_argument(
        "--names",
        type=str | None,
        help="how files are named, such as '{subject}_{video}.mp4', for the table of all videos; "
        "default: the subject is the folder, the video the file",
    )
    return parser


def _folders(videos: Sequence[Path], out: Path) -> list[Path]:
    """Folder for the results of each video, checked before any is analyzed."""
    names = result_names(videos)
    twice = [video for video, name in zip(videos, names, strict=True) if names.count(name) > 1]
    if twice:
        msg = f"expected each video once, got {twice[0]} twice"
        raise ConfigError(msg)
    folders = [out / name for name in names]
    check_places(videos, folders)
    return folders


def _table(analysis: Analysis) -> Table:
    count = len(analysis.intervals)
    found = f"{count} micro-expressions in {analysis.seconds[-1]:.1f} s"
    text = f"{title(analysis.path)}: {found}, threshold {analysis.threshold:.3f}"
    table = Table(title=Text(text), title_justify="left")
    frames = ("onset", "apex", "offset", "from s", "to s")
    named = ("emotion", "score", "p(neutral)") if analysis.about.classes else ("score",)
    for column in (*frames, *named):
        table.add_column(column, justify="left" if column == "emotion" else "right")
    for x in analysis.intervals:
        times = f"{x.onset_seconds:.2f}", f"{x.offset_seconds:.2f}"
        heights = x.emotion, f"{x.score:.3f}", *(f"{p:.3f}" for p in x.probabilities[-1:])
        table.add_row(*map(str, (x.onset, x.apex, x.offset)), *times, *filter(None, heights))
    return table
