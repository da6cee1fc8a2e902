"""What a cluster can be asked for."""

import pytest

from metst.base.errors import ConfigError
from metst.runner.slurm import SlurmOptions


@pytest.mark.parametrize("time", ["90", "90:30", "04:00:00", "1-12", "1-12:30", "2-00:00:00"])
def test_every_way_to_write_a_time_is_taken(time: str) -> None:
    assert SlurmOptions(time=time).time == time


@pytest.mark.parametrize(
    "wrong",
    [{"time": "four hours"}, {"time": "1:2:3:4"}, {"time": "1-"}, {"mem": "lots"}, {"mem": "0G"}],
)
def test_what_sbatch_would_refuse_is_refused_by_name(wrong: dict[str, str]) -> None:
    (name,) = wrong
    with pytest.raises(ConfigError, match=f"^{name}: expected .*, got "):
        SlurmOptions(**wrong)  # type: ignore[arg-type]
