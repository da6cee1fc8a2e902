"""Follows a run by its folder and logs it to wandb; never in the way of the run itself.

Everything that is logged can be read from the run folder, so nothing is lost when wandb cannot be
reached: the same command sends later what is missing.
"""

import functools
import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from metst.base.locks import Lock
from metst.results.ledger import RunFolder
from metst.runner.options import WandbOptions
from metst.runner.tracking import contents
from metst.runner.tracking.journal import RESULTS, Journal, Key
from metst.runner.tracking.session import Place, named_by_agent, wanted
from metst.scoring.pooled import pooled_scores

if TYPE_CHECKING:
    import wandb

_log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""How often the curves of the folds are looked at."""

_P = ParamSpec("_P")
_Method = Callable[Concatenate["Tracker", _P], None]


def _harmless(method: "_Method[_P]") -> "_Method[_P]":
    """Log what went wrong, once, and send wandb nothing more in this call of the program."""

    @functools.wraps(method)
    def tried(self: "Tracker", /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        if self.broken:
            return
        try:
            method(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - training must not end for want of a server
            self.broken = True
            problem = str(error).strip() or type(error).__name__
            remedy = "the run goes on without it; the same command sends wandb what is missing"
            _log.warning("wandb: %s; %s", problem, remedy)

    return tried


@contextmanager
def track(
    options: WandbOptions, place: Path, name: str, config: Mapping[str, Any]
) -> Iterator["Tracker"]:
    """Log a run to wandb while the block is inside; it does nothing where mode is off.

    Args:
        options: what is logged, and where.
        place: folder for `wandb/`; a wandb run belongs to it.
        name: of the wandb run.
        config: settings by their dotted names.

    Raises:
        ConfigError: wandb is asked for and not installed. Nothing else is ever raised.
    """
    mode = wanted(options)
    with ExitStack() as stack:
        tracker = Tracker(Place(place, mode, options), name, config)
        if mode != "off":
            tracker.broken = not stack.enter_context(Lock(place / ".tracked").taken())
            if tracker.broken:
                _log.info("wandb: another process logs %s", place)
        try:
            yield tracker
        except BaseException:
            tracker.close(failed=True)
            raise
        tracker.close()


class Tracker:
    """One wandb run; made by `track`.

    Attributes:
        broken: nothing more can or shall be logged.
    """

    def __init__(self, place: Place, name: str, config: Mapping[str, Any]) -> None:
        self.place, self.name, self.config = place, name, config
        self.broken = place.mode == "off"
        self._wandb: wandb.Run | None = None
        self._sent: set[Key] = set()  # rows that went to wandb in this call of the program
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @_harmless
    def follow(self, run: RunFolder) -> None:
        """Begin to log the curves of a run's folds, until `conclude` or `close`."""
        self._open()
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, args=(run,), daemon=True)
            self._thread.start()

    @_harmless
    def conclude(
        self, run: RunFolder, results: Mapping[str, Any], damaged: Sequence[str] = ()
    ) -> None:
        """Log the pooled results, unless wandb has just these.

        Args:
            run: the run they are of.
            results: as in its `results.json`, or with other post-processing.
            damaged: what is damaged in its data set, a message each.
        """
        digest = hashlib.sha256(json.dumps([results, damaged], sort_keys=True).encode())
        key = (RESULTS, digest.hexdigest()[:16])
        if self._journal.concluded == key[1]:
            return
        self._halt()
        wandb_run = self._open()  # first: it sets what wandb reads when it is imported
        import wandb

        self._log_curves(run)
        wandb_run.log(self._media(run, results, damaged), step=self._numbered([key])[key])
        wandb_run.summary.update(pooled_scores(results))
        wandb_run.summary["folds/done"] = len(results["folds"])
        wandb_run.summary["complete"] = results["complete"]
        artifact = wandb.Artifact(f"{self._journal.run_id}-results", type="results")
        for path in contents.files(run):
            artifact.add_file(str(path))
        wandb_run.log_artifact(artifact)
        self._journal.conclude(key[1])

    @_harmless
    def note(self, values: Mapping[str, float]) -> None:
        """Log values for the summary of a run that comes to no results."""
        self._halt()
        self._open().summary.update(dict(values))

    @_harmless
    def close(self, *, failed: bool = False) -> None:
        """Send what is left and end; a run that failed may be gone on with."""
        self._halt()
        if self._wandb is not None:
            files = Path(self._wandb.dir).parent
            online = self.place.mode == "online"
            where = self._wandb.url if online else f"send it with `wandb sync {files}`"
            self._wandb.finish(exit_code=1 if failed else 0)
            _log.info("wandb: %s", where)

    @functools.cached_property
    def _journal(self) -> Journal:
        return Journal(self.place.folder / "wandb" / "journal.json", named_by_agent())

    def _open(self) -> "wandb.Run":
        if self._wandb is None:
            self._journal.save()  # the id is on disk before anything goes to wandb
            self._wandb = self.place.open(self._journal.run_id, self.name, self.config)
        return self._wandb

    def _numbered(self, keys: Sequence[Key]) -> dict[Key, int]:
        """Numbers of rows, larger than those that wandb has from elsewhere."""
        return self._journal.numbered(keys, self._open().starting_step)

    def _halt(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self, run: RunFolder) -> None:
        while not self._stop.wait(LOOK_SECONDS) and not self.broken:
            self._log_new(run)

    @_harmless
    def _log_new(self, run: RunFolder) -> None:
        self._log_curves(run)

    def _log_curves(self, run: RunFolder) -> None:
        """Log the rows of all folds that wandb may not have, in the order of their numbers."""
        wandb_run, rows = self._open(), dict(contents.curve_rows(run))
        numbers = self._numbered([k for k in rows if k not in self._sent])
        for key, number in sorted(numbers.items(), key=lambda pair: pair[1]):
            if number >= wandb_run.starting_step:  # else wandb has it from before an interruption
                fold = _plain(key[0])
                wandb_run.define_metric(f"{fold}/*", step_metric=f"{fold}/epoch")
                wandb_run.log({f"{fold}/{n}": v for n, v in rows[key].items()}, step=number)
            self._sent.add(key)

    def _media(
        self, run: RunFolder, results: Mapping[str, Any], damaged: Sequence[str]
    ) -> dict[str, Any]:
        """Tables and pictures."""
        import wandb

        folds = list(contents.fold_rows(run, results))
        columns, confusion = contents.confusion_rows(results)
        return {
            "folds": wandb.Table(columns=list(contents.FOLD_COLUMNS), data=folds),
            "confusion": wandb.Table(columns=columns, data=confusion),
            "damaged": wandb.Table(columns=["finding"], data=[[text] for text in damaged]),
            **{
                f"timelines/{_plain(subject)}": [wandb.Image(str(p), caption=p.stem) for p in paths]
                for subject, paths in contents.timeline_pictures(run).items()
            },
        }


def _plain(subject: str) -> str:
    """A subject's name without dots, which to wandb mean a tree."""
    return subject.replace(".", "_")
