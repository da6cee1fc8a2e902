"""Whether networks were trained on the very person whom they analyze."""

from pathlib import Path

from metst.datasets.folder.pattern import matches
from metst.results.run import Run


def training_note(video: Path, checkpoint: Path | None, fold: str | None) -> str | None:
    """What a reader should know where networks of a run have seen a video's subject in training.

    Args:
        video: a video; known are those below the data root of the run.
        checkpoint: as for `metst.predict.load_model`.
        fold: the one fold of a run that is taken.
    """
    if checkpoint is not None and checkpoint.suffix == ".ckpt":
        folder = checkpoint.resolve().parent
        checkpoint, fold = folder.parents[1], folder.name
    if checkpoint is None or not (run := Run(checkpoint)).folder.config.is_file():
        return None
    subject = _subject(video, run)
    if subject is None:
        return None
    done = {fold.subject for fold in run.folds}
    chosen = {fold} if fold else done
    if not chosen - {subject}:
        return None
    remedy = f"--fold {subject} takes the one that was not" if subject in done else "none was not"
    return (
        f"{len(chosen - {subject})} of {len(chosen)} networks were trained on {subject}, where "
        f"scores are better than those of an unknown person; {remedy}"
    )


def _subject(video: Path, run: Run) -> str | None:
    """Subject of the run whom a video shows, by the names of its folders below the data root."""
    root = Path(run.arguments("data").get("root") or "").resolve()
    if not run.arguments("data").get("root") or not video.resolve().is_relative_to(root):
        return None
    if folder := run.arguments("data").get("folder"):
        return matches(root, folder["videos"]).get(video.resolve(), (None, ""))[0]
    place = video.resolve().relative_to(root)
    names = (*place.parts, place.stem)
    shown = {r.subject for r in run.recordings if r.subject in names}
    # SAMM-LV's folders have the name of the video alone, such as 006_1.
    shown = shown or {r.subject for r in run.recordings if r.video in names}
    return shown.pop() if len(shown) == 1 else None
