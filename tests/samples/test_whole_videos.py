"""A fold trained on whole videos leaves what one trained on windows leaves."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from metst.cli import main
from metst.cli.main import USAGE
from metst.datasets.labels import Recording
from metst.datasets.labels.samples import samples
from metst.intervals.floor import LEAST
from metst.intervals.synergy import motion_threshold, speed_curves
from metst.results.tables import read_predictions
from metst.runner.arguments import parse
from metst.runner.config import build, experiment_parser
from metst.runner.rescore import rescore
from metst.runner.selection import Selection
from metst.samples import FlowWindows
from metst.systems.me_tst.network import METST
from tests.support.drawn import extracted, flow_windows, write_clips
from tests.support.fourth import FourthDataModule
from tests.support.runs import DEMO, run

pytestmark = pytest.mark.slow

WHOLE = "--data.samples.whole_videos=true"


def test_a_run_over_whole_videos(tiny: list[str], tmp_path: Path) -> None:
    assert not run(tiny, WHOLE).failed
    folder = tmp_path / "demo"
    assert json.loads((folder / "results.json").read_text())["complete"]
    predictions, results = rescore(folder)
    assert predictions.equals(read_predictions(folder / "predictions.csv"))
    assert results == json.loads((folder / "results.json").read_text())
    assert main(["predict", "none.mp4", "--checkpoint", str(folder)]) == USAGE
    noted = json.loads((folder / "folds" / "spNO.1" / "metrics.json").read_text())["strict"]
    assert LEAST <= noted["floor"] < 1


def test_the_network_sees_a_test_video_at_once(tiny: list[str], tmp_path: Path) -> None:
    """What is kept are windows of one pass over each video: overlapping frames agree."""
    assert not run(tiny, WHOLE, selection=Selection(("spNO.1",))).failed
    kept = load_file(tmp_path / "demo" / "folds" / "spNO.1" / "outputs.safetensors")
    parser = experiment_parser("metst loso")
    experiment = build(parser, parse(parser, [*DEMO, *tiny, WHOLE]))
    fold = experiment.fold_data.choose("spNO.1", experiment.seed)
    samples: FlowWindows = experiment.fold_data.samples  # type: ignore[assignment]
    checkpoint = torch.load(tmp_path / "demo/folds/spNO.1/last.ckpt", weights_only=True)
    weights = {k.removeprefix("network."): v for k, v in checkpoint["state_dict"].items()}
    network: METST = experiment.model.network  # type: ignore[assignment]
    network.load_state_dict({k: v for k, v in weights.items() if k in network.state_dict()})
    network.eval()
    first = 0
    for batch, recording, count in zip(
        experiment.data.test_dataloader(),
        fold.test,
        samples.window_counts(fold.test),
        strict=True,
    ):
        with torch.no_grad():
            score, _ = network(batch[0])  # (1, T)
        assert score.shape == (1, recording.frames)
        half = samples.k // 2
        for i in range(count - 1):  # the last is a tail window
            expected = score[0, i * half : i * half + samples.k]
            torch.testing.assert_close(kept["score"][first + i], expected, atol=1e-6, rtol=0)
        first += count


@pytest.fixture
def data(tmp_path: Path) -> FourthDataModule:
    root = write_clips(tmp_path)
    extracted(root)
    windows = flow_windows(whole_videos=True)
    whole = FourthDataModule(root, root / "cache", windows, batch_size=4)
    whole.choose("S1", seed=3)
    return whole


def test_a_batch_is_a_video(data: FourthDataModule) -> None:
    batches = list(data.train_dataloader())
    assert [flow.shape for flow, _, _ in batches] == [(1, 10, 32)] * 2
    assert all(spot.shape == emotion.shape == (1, 32) for _, spot, emotion in batches)
    assert int(data.samples.emotion_counts().sum()) == 2 * 32
    training = [r for r in data.source.recordings() if r.subject != "S1"]
    spans = {r.subject: samples(r, "strict")[0] for r in training}
    for _, spot, emotion in batches:
        frames = spot[0].nonzero().flatten()
        before = int(frames[0]) - 1  # frames strictly between onset and offset are ME frames
        (subject,) = (s for s, sample in spans.items() if sample.onset == before)
        onset, _, offset, emotion_class = spans.pop(subject)
        assert frames.tolist() == list(range(onset + 1, offset))
        assert (emotion[0, frames] == data.fold.emotions.index(emotion_class)).all()


def test_motion_is_measured_in_the_flow_that_is_judged(data: FourthDataModule) -> None:
    flow: list[Tensor] = []
    counts: list[int] = []
    training: list[Recording] = []
    for subject in ("S2", "S3"):
        fold = data.choose(subject, seed=3)
        flow.append(data.samples.test_flow())
        counts += data.samples.window_counts(fold.test)
        training += fold.test
    data.choose("S1", seed=3)
    speed = speed_curves(torch.cat(flow), counts, training, data.samples.k)
    assert data.samples.motion_threshold() == motion_threshold(speed, training)


def test_cut_windows_are_those_of_the_video(data: FourthDataModule) -> None:
    windows = data.samples.test_flow()
    (batch,) = data.test_dataloader()
    assert windows.shape == (7, 10, 8)
    for i, window in enumerate(windows):
        assert torch.equal(window, batch[0][0, :, 4 * i : 4 * i + 8])
