import doctest
import socket
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from hypothesis import given, settings
from hypothesis import strategies as st

from metst.intervals.interval import Intervals
from metst.scoring.metrics import judge, match_one_to_one, spot_then_recognize
from metst.scoring.metrics.spot_then_recognize import SpotThenRecognize
from tests.support.naive import Row, rows

UPDATES = st.lists(st.tuples(rows(5), rows(4)), min_size=1, max_size=4)


def metric_of(updates: list[tuple[list[Row], list[Row]]]) -> SpotThenRecognize:
    metric = SpotThenRecognize()
    for predicted, annotated in updates:
        metric.update(Intervals.of(predicted), Intervals.of(annotated))
    return metric


def values(metric: SpotThenRecognize) -> dict[str, float]:
    return {name: float(value) for name, value in metric.compute().items()}


@settings(deadline=None, max_examples=40)
@given(UPDATES, st.randoms())
def test_the_order_of_updates_changes_nothing(
    updates: list[tuple[list[Row], list[Row]]], random: st.random_module
) -> None:
    shuffled = list(updates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert values(metric_of(shuffled)) == values(metric_of(updates))


@settings(deadline=None, max_examples=40)
@given(UPDATES)
def test_updates_are_one_update_over_more_videos(
    updates: list[tuple[list[Row], list[Row]]],
) -> None:
    shifted = [
        [[(2 * i + v, on, off, c) for v, on, off, c in side] for side in update]
        for i, update in enumerate(updates)
    ]
    together = judge(
        Intervals.of([row for update in shifted for row in update[0]]),
        Intervals.of([row for update in shifted for row in update[1]]),
        match_one_to_one,
        emotions=4,
    )
    got = metric_of(updates).counts()
    assert got.numbers().tolist() == together.counts().numbers().tolist()


def test_perfect_and_empty() -> None:
    annotated = [(0, 10 * c, 10 * c + 5, c) for c in range(4)]
    assert set(values(metric_of([(annotated, annotated)])).values()) == {1.0}
    assert set(values(metric_of([([], annotated)])).values()) == {0.0}
    assert set(values(metric_of([([], [])])).values()) == {0.0}


def test_it_can_be_pickled_and_reset() -> None:
    metric = metric_of([([(0, 0, 9, 1)], [(0, 0, 9, 1)])])
    assert values(metric.clone()) == values(metric)
    metric.reset()
    assert metric.counts().numbers().sum() == 0


FIRST = ([(0, 0, 9, 1), (0, 40, 49, 2)], [(0, 0, 9, 1)])
SECOND = ([(0, 5, 14, 0)], [(0, 6, 15, 3), (0, 30, 39, 1)])


def _process(rank: int, port: int, folder: str) -> None:
    address = f"tcp://127.0.0.1:{port}"
    dist.init_process_group("gloo", init_method=address, rank=rank, world_size=2)
    result = values(metric_of([(FIRST, SECOND)[rank]]))
    torch.save(result, Path(folder) / f"{rank}.pt")
    dist.destroy_process_group()


@pytest.mark.slow
def test_two_processes_give_what_one_gives(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mp.spawn(_process, args=(port, str(tmp_path)), nprocs=2)
    expected = values(metric_of([FIRST, SECOND]))
    for rank in range(2):
        assert torch.load(tmp_path / f"{rank}.pt", weights_only=True) == expected


def test_the_example_of_the_documentation() -> None:
    assert doctest.testmod(spot_then_recognize) == (0, 5)
