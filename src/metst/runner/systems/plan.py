"""Which systems there are for a data set, and in which order they run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jsonargparse import ArgumentParser, Namespace

from metst.base.errors import ConfigError, MetstError
from metst.base.files import check_place, folder_name
from metst.base.names import nearest
from metst.base.settings import require
from metst.results.systems import Entry
from metst.runner.arguments import parse
from metst.runner.config import Experiment, build, experiment_parser
from metst.runner.options import run_folder
from metst.scoring.evaluation import check_same_rules
from metst.scoring.judgment import Judgment
from metst.systems.annotated import Annotated
from metst.systems.size import NO_SIZE, Size, size_of

ME_TST = "me_tst"
"""Name of the system of an experiment by itself, over which no YAML is laid."""


@dataclass(frozen=True)
class Planned:
    """A system that is to run.

    Attributes:
        entry: its row in the tables.
        config: its experiment; None where it cannot be built on this data set.
        size: of its network.
        epochs: that it trains; 0 without training.
        trained: folder of the run that it takes its weights from, in place of training.
    """

    entry: Entry
    config: Namespace | None = None
    size: Size = NO_SIZE
    epochs: int = 0
    trained: Path | None = None

    @property
    def order(self) -> tuple[bool, bool, bool, bool, int, str]:
        """Without training first, then ME-TST, then by updates of weights; then what needs others.

        What cannot run comes last.
        """
        cost, name = self.size.parameters * self.epochs, self.entry.name
        behind = self.trained is not None
        return self.config is None, behind, bool(cost), name != ME_TST, cost, name


@dataclass(frozen=True)
class Plan:
    """The systems of a data set, and where their tables go.

    Attributes:
        data_set: name of the data set.
        judgment: by which all are judged.
        folder: of tables and page.
        against: name of the system that the others are compared with.
        systems: in the order in which they run.
    """

    data_set: str
    judgment: Judgment
    folder: Path
    against: str
    systems: tuple[Planned, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing of what can run here is missing."""
        return not any(one.config is not None and one.entry.remark for one in self.systems)


def plan(arguments: Sequence[str]) -> Plan:
    """Every system that is asked for, with its experiment.

    Args:
        arguments: `--config` with the experiment of the data set, overrides for all systems,
            `--systems` and `--against`. The systems' YAMLs lie in the folder `systems` beside it;
            what they change on this data set in that folder's folder of its name.

    Raises:
        ConfigError: the experiment itself is wrong, or there is no such system.
    """
    config = parse(options(), arguments)
    known = {ME_TST: ()} | _files(Path(str(config.config[0])))
    wanted = _known("systems", config.systems, list(known)) or list(known)
    experiment = build(experiment_parser("metst tables"), _read(arguments))
    judgment, source = experiment.judgment, experiment.fold_data.source
    planned = [_plan(arguments, name, known[name], judgment) for name in wanted]
    systems = sorted(planned, key=lambda one: one.order)
    first = ME_TST if ME_TST in wanted else systems[0].entry.name
    chosen = _known("against", config.against, wanted) or [first]
    require("--against", config.against, len(chosen) == 1, "one system")
    (against,) = chosen
    spotter = next(one for one in systems if one.entry.name == against)
    if spotter.config is not None and "spotting" in spotter.entry.tables:
        behind = [_behind(arguments, one, known, spotter) for one in systems if _names_alone(one)]
        systems = sorted([*systems, *behind], key=lambda one: one.order)
    folder = config.loso.runs / folder_name(f"{experiment.name}-tables", "name")
    check_place(folder, "loso.runs", folder=True)
    return Plan(source.dataset.name, judgment, folder, against, tuple(systems))


def _files(experiment: Path) -> dict[str, tuple[Path, ...]]:
    """The systems' YAMLs by name, each with the one of the data set's own changes, if any."""
    folder = experiment.parent / "systems"
    own = {path.stem: path for path in (folder / experiment.stem).glob("*.yaml")}
    return {
        path.stem: (path, own[path.stem]) if path.stem in own else (path,)
        for path in sorted(folder.glob("*.yaml"))
    }


def options() -> ArgumentParser:
    """Parser of an experiment and of the verb's own options."""
    parser = experiment_parser("metst tables")
    parser.add_argument("--systems", type=str, default="", help="only these: mean,of_fd")
    parser.add_argument(
        "--against", type=str, default="", help="system that the others are compared with"
    )
    return parser


def _read(arguments: Sequence[str]) -> Namespace:
    """An experiment without the options of the verb."""
    config = parse(options(), arguments)
    for name in ("systems", "against"):
        config.pop(name)
    return config


def _known(option: str, given: str, known: Sequence[str]) -> list[str]:
    """Names of systems, each once.

    Raises:
        ConfigError: there is no such system.
    """
    names = list(dict.fromkeys(filter(None, given.split(","))))
    for name in names:
        if name not in known:
            advice = nearest(name, known, f"there are {', '.join(known)}")
            msg = f"--{option}: no system '{name}'; {advice}"
            raise ConfigError(msg)
    return names


def _plan(
    arguments: Sequence[str], name: str, files: Sequence[Path], judgment: Judgment
) -> Planned:
    """A system with the run folder that `make loso SYSTEM=...` gives it."""
    try:
        config = _read(arguments)
        if files:
            config = _read([*_with_files(arguments, files), f"--name={config.name}-{name}"])
        experiment = build(experiment_parser("metst tables"), config)
        own = replace(experiment.judgment, analyzed=judgment.analyzed)
        check_same_rules([(Path(ME_TST), judgment), (Path(name), own)])
        size = size_of(experiment.model, experiment.fold_data.samples)
    except MetstError as error:
        remark = f"cannot run here: {' '.join(str(error).split())}"
        return Planned(Entry(name, ("spotting", "recognition", "analysis"), remark=remark))
    epochs = max(1, experiment.trainer["max_epochs"] or 1) if size.parameters else 0
    entry = Entry(name, tuple(_tables(experiment)), adapted=len(files) > 1)
    return Planned(entry, config, size, epochs)


def _names_alone(one: Planned) -> bool:
    """Whether a system names the annotated intervals, and finds none itself."""
    return one.config is not None and one.entry.tables == ("recognition",)


def _behind(
    arguments: Sequence[str],
    recognizer: Planned,
    files: Mapping[str, Sequence[Path]],
    spotter: Planned,
) -> Planned:
    """A recognizer that names what a spotter's run found, with the weights of its own run."""
    assert recognizer.config is not None
    assert spotter.config is not None
    name = recognizer.entry.name
    given = _with_files(arguments, files[name])
    place = f"--name={recognizer.config.name}-behind-{spotter.entry.name}"
    found = "--model.spotter=metst.results.spotter.FinishedRun"
    run = f"--model.spotter.run={run_folder(spotter.config)}"
    return replace(
        recognizer,
        entry=replace(
            recognizer.entry, name=f"{name} behind {spotter.entry.name}", tables=("analysis",)
        ),
        config=_read([*given, place, found, run]),
        trained=run_folder(recognizer.config),
    )


def _with_files(arguments: Sequence[str], files: Sequence[Path]) -> list[str]:
    """Arguments with more files of settings: above the data set's, below the overrides."""
    given = list(arguments)
    last = max(i for i, text in enumerate(given) if text.partition("=")[0] == "--config")
    after = last + (1 if "=" in given[last] else 2)
    return [*given[:after], *(f"--config={path}" for path in files), *given[after:]]


def _tables(experiment: Experiment) -> Iterator[str]:
    """Names of the tables that a system belongs to."""
    system = experiment.model
    spots = not isinstance(getattr(system, "spotter", None), Annotated)
    if spots:
        yield "spotting"
    if system.recognizes:
        yield "recognition"
    if spots and system.recognizes:
        yield "analysis"
        if len(system.variants) > 1:
            yield "synergy"
