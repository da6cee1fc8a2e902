"""`metst trial --config experiments/demo.yaml --sweep NAME --model.lr=1e-3`: one trial of a sweep.

It is what `wandb agent` runs, with the settings that wandb chose.
"""

from collections.abc import Sequence

from metst.cli._tables import console
from metst.runner.stopping import sigterm_is_ctrl_c
from metst.runner.sweeps.trial import read_trial, run_trial


def run(arguments: Sequence[str]) -> int:
    """Run what is missing of a trial; 1 if a fold failed."""
    trial = read_trial(arguments)
    with sigterm_is_ctrl_c():
        record = run_trial(trial)
    scores = ", ".join(f"{name} {value:.4f}" for name, value in sorted(record.scores.items()))
    folds = f"after {len(record.folds)} folds: {scores}"
    console().print(f"trial {record.digest} {record.state} {folds}", soft_wrap=True)
    console().print(f"kept in {trial.folder.trial(trial.digest).path}", soft_wrap=True)
    return 1 if record.state == "failed" else 0
