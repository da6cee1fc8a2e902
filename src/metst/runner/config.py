"""The configuration of an experiment: read from YAML and options and built once a fold."""

import re
from argparse import ArgumentError
from dataclasses import dataclass
from typing import Any, cast

import yaml
from jsonargparse import ArgumentParser, Namespace, set_dumper
from lightning.pytorch import Callback, LightningDataModule, LightningModule, Trainer

from metst.base.errors import MetstError
from metst.base.executors import ExecutorOptions
from metst.base.settings import require
from metst.runner.arguments import own_fault, refusal
from metst.runner.options import LosoOptions, add_options, run_folder, settings_parser
from metst.runner.trainer import check_trainer
from metst.samples.data import FoldData
from metst.scoring.judgment import Judgment
from metst.scoring.settings import Evaluation
from metst.systems.system import System

RUNNER_OWNS = {"callbacks", "logger", "plugins", "default_root_dir", "enable_checkpointing"}
"""Trainer arguments that the runner sets itself, one of each per fold."""

SEEDS = 2**63
"""Number of seeds: larger ones would not fit into the integers of every library."""


def experiment_parser(prog: str) -> ArgumentParser:
    """Parser of an experiment's YAML with dotted overrides (`--model.lr 3e-4`)."""
    parser = settings_parser(prog)
    parser.add_subclass_arguments(LightningDataModule, "data", required=True)
    parser.add_subclass_arguments(System, "model", required=True)
    parser.add_class_arguments(Trainer, "trainer", skip=RUNNER_OWNS, instantiate=False)
    parser.add_argument("--callbacks", type=list[Callback], default=[])
    parser.add_class_arguments(Evaluation, "evaluation")
    add_options(parser)
    return parser


@dataclass
class Experiment:
    """The parts of one fold, built from a configuration; never shared between folds."""

    name: str
    seed: int
    data: LightningDataModule
    model: System
    trainer: dict[str, Any]
    callbacks: list[Callback]
    evaluation: Evaluation
    loso: LosoOptions
    executor: ExecutorOptions

    @property
    def fold_data(self) -> FoldData:
        """The data module, as the runner and the systems know it."""
        return cast(FoldData, self.data)

    def identity(self) -> dict[str, str]:
        """Digests of everything that results follow from besides settings and code."""
        return {**self.fold_data.source.identity(), **self.model.sources}

    @property
    def judgment(self) -> Judgment:
        """How its predictions are judged.

        Raises:
            ConfigError: an emotion is averaged that the data set does not have.
        """
        source, system = self.fold_data.source, self.model
        facts = source.emotions.classes, source.analyzed(), system.variant
        return Judgment.of(
            self.evaluation, *facts, variants=system.variants, recognizes=system.recognizes
        )


def build(parser: ArgumentParser, config: Namespace) -> Experiment:
    """Fresh objects of an experiment.

    Raises:
        ConfigError: a setting that cannot work, or an object that refuses its arguments.
    """
    run_folder(config)
    require("seed", config.seed, 0 <= config.seed < SEEDS, "a whole number, 0 to 2**63 - 1")
    check_trainer(config.trainer.as_dict())
    try:
        made = parser.instantiate(config)
    except MetstError:
        raise
    except (ValueError, ArgumentError) as error:
        raise refusal(error) from error
    except Exception as error:  # whatever a class of the user's own makes of its arguments
        raise own_fault(error) from error
    _check_validation(made.data, made.model)
    return Experiment(
        made.name,
        made.seed,
        made.data,
        made.model,
        made.trainer.as_dict(),
        made.callbacks,
        made.evaluation,
        made.loso,
        made.executor,
    )


def _check_validation(data: LightningDataModule, system: System) -> None:
    """Refuse validation subjects of a system that would learn nothing from them."""
    subjects, kind = getattr(data, "validation", 0), type(system)
    able = system.trainable and kind.validation_step is not LightningModule.validation_step
    expected = f"0: {kind.__module__}.{kind.__qualname__} has no validation"
    require("data.validation", subjects, able or not subjects, expected)


class _Dumper(yaml.SafeDumper):
    """Quotes texts such as 1e5, which to jsonargparse are numbers and to PyYAML are not."""


_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9._]+[eE][-+]?[0-9]+"), list("-+.0123456789")
)


def _exact(config: dict[str, Any]) -> str:
    text: str = yaml.dump(config, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
    return text


set_dumper("exact", _exact)


def to_yaml(parser: ArgumentParser, config: Namespace) -> str:
    """The whole configuration, defaults included; parsing it again gives the same."""
    text: str = parser.dump(config, format="exact", skip_link_targets=False)
    return text
