"""Peaks, intervals and emotions of MEAN, SOFTNet and SFAMNet."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from metst.base.errors import ConfigError, MetstError
from metst.datasets.labels.records import Expression, Kind, Recording, Timebase
from metst.intervals.proposals import Proposals
from metst.intervals.sampled import sample_curves
from metst.intervals.stitching import Curves
from metst.systems.mean import decoder as mean
from metst.systems.sfamnet import decoder as sfamnet
from metst.systems.softnet import decoder as softnet
from tests.support import parity

PATTERN = "systems/flow/postprocess*.json"
TOLERANCE = 1e-6

Case = dict[str, Any]


def recording(
    subject: str, frames: int, *spans: tuple[int, int], kind: Kind = "micro"
) -> Recording:
    """A video whose own frame numbers are the sub-sampled ones."""
    timebase = Timebase(30.0, first=0)
    rows = tuple(
        Expression(subject, "v", on, None, off, kind, "positive", "happy") for on, off in spans
    )
    return Recording(subject, "v", frames, timebase, rows)


def cases(system: str) -> pytest.MarkDecorator:
    """A test of every published case of a system."""
    named: list[tuple[str, object]] = []
    for path in parity.files(PATTERN):
        arrays = path.with_name(path.name.replace("postprocess", "postprocess_curves"))
        read = json.loads(path.read_text())[system]
        curves = arrays.with_suffix(".npz")
        named += [
            (f"{path.stem}-{i}", (case, curves, f"{system}_{i}")) for i, case in enumerate(read)
        ]
    return pytest.mark.parametrize("case", parity.marked(named, PATTERN))


def load(case: tuple[Case, Path, str], classes: str = "") -> tuple[Case, dict[str, Any], Curves]:
    """A case, its arrays by the end of their names, and its curves as outputs of samples."""
    content, path, name = case
    with np.load(path, allow_pickle=False) as file:
        arrays = {
            key[len(name) + 1 :]: file[key] for key in file.files if key.startswith(f"{name}_")
        }
    logits = None
    if classes:
        logits = torch.nn.functional.one_hot(torch.from_numpy(arrays[classes]).long(), 5)
    counts = [video["n"] for video in content["videos"]]
    return content, arrays, sample_curves(torch.from_numpy(arrays["score"]), counts, logits)


def of_video(found: Proposals, video: int, *columns: Tensor) -> list[list[int]]:
    return torch.stack(columns, 1)[found.video == video].tolist()


def check_curve(found: Proposals, video: int, expected: Any, first: int = 0) -> None:  # noqa: ANN401
    """The smoothed curve, as far as the video has samples."""
    assert found.curves is not None
    got = found.curves.smoothed[video, first:][: len(expected)]
    assert np.abs(got.numpy() - expected[: len(got)]).max(initial=0) < TOLERANCE


@cases("mean")
def test_mean_as_published(case: tuple[Case, Path, str]) -> None:
    content, arrays, curves = load(case, "emotion")
    decoder = mean.get_decoder("authors", peak=content["p"])
    videos = [recording("1", 10_000)] * len(content["videos"])
    constants = {"k_p": content["k_p"], "peak": content["p"]}
    found = decoder.propose(curves, videos, constants)
    assert found.facts == constants
    assert found.curves is not None
    for v, expected in enumerate(content["videos"]):
        assert of_video(found, v, found.onset, found.offset) == expected["intervals"]
        peaks = [] if expected["dummy"] else of_video(found, v, found.apex)
        assert peaks == [[peak] for peak in expected["peaks"]]
        assert of_video(found, v, found.labels["spotting_first"]) == [
            [label] for label in expected["emotions"]
        ]
        assert found.curves.threshold[v] == pytest.approx(expected["threshold"], abs=TOLERANCE)
        check_curve(found, v, arrays[f"smoothed_{v}"])


@cases("softnet")
def test_softnet_as_published(case: tuple[Case, Path, str]) -> None:
    content, arrays, curves = load(case)
    decoder, k = softnet.get_decoder("authors"), content["k"]
    videos = [recording("1", 10_000)] * len(content["videos"])
    found = decoder.propose(curves, videos, {"k_p": k, "peak": content["p"]})
    assert found.curves is not None
    for v, expected in enumerate(content["videos"]):
        intervals = of_video(found, v, found.onset, found.offset)
        assert intervals == ([[0, 0]] if expected["dummy"] else expected["intervals_frames"])
        peaks = [] if expected["dummy"] else of_video(found, v, found.apex - k)
        assert peaks == [[peak] for peak in expected["peaks"]]
        assert found.curves.threshold[v] == pytest.approx(expected["threshold"], abs=TOLERANCE)
        check_curve(found, v, arrays[f"smoothed_{v}"], first=k)
    assert set(found.labels["none"].tolist()) <= {-1}


@cases("sfamnet")
def test_sfamnet_as_published(case: tuple[Case, Path, str]) -> None:
    content, arrays, curves = load(case, "class")
    videos = [recording("1", 2 * video["n"]) for video in content["videos"]]
    for kind in ("micro", "macro"):
        decoder = sfamnet.get_decoder("authors", kind)
        found = decoder.propose(curves, videos, decoder.fit(videos, "1"))
        assert found.kind == kind
        for v, expected in enumerate(content["videos"]):
            columns = found.onset, found.offset, found.labels["none"]
            assert of_video(found, v, *columns) == expected[kind]
            if kind == "micro":
                assert found.curves is not None
                assert found.curves.lengths[v] == 2 * expected["n"]
                check_curve(found, v, arrays[f"smoothed_micro_{v}"].repeat(2))


def hill(frames: int, *peaks: int, height: float = 0.9) -> Tensor:
    """A score that rises to `height` within 8 samples of each peak, above 0.1."""
    away = torch.stack([(torch.arange(frames) - peak).abs() for peak in peaks]).amin(0)
    return 0.1 + (height - 0.1) * (1 - away / 8).clamp(min=0)


def test_strict_stays_inside_the_video_and_leaves_silent_videos_alone() -> None:
    videos = [recording("1", 63), recording("1", 40), recording("1", 3)]
    curves = sample_curves(torch.cat([hill(60, 8) - 0.1, torch.zeros(37)]), [60, 37, 0])
    constants = {"k_p": 9, "peak": 0.55}
    for module in (mean, softnet):
        strict = module.get_decoder("strict").propose(curves, videos, constants)
        assert of_video(strict, 0, strict.onset, strict.apex, strict.offset) == [[0, 8, 17]]
        assert strict.video.tolist() == [0]
        released = module.get_decoder("authors").propose(curves, videos, constants)
        assert of_video(released, 1, released.onset, released.offset) == [[0, 0]]
        assert 2 not in released.video.tolist()
    released = mean.get_decoder("authors").propose(curves, videos, constants)
    assert released.onset.tolist() == [-1, 0]
    quirks = mean.Quirks(unclipped=False, dummy=False)
    one_by_one = mean.get_decoder("authors", quirks).propose(curves, videos, constants)
    assert one_by_one.onset.tolist() == [0]


def test_k_p_of_strict_is_that_of_the_training_subjects_and_of_the_kind() -> None:
    everyone = [recording("1", 500, (10, 29)), recording("2", 500, (10, 19))]
    macro = recording("2", 500, (10, 99), kind="macro")
    for module in (mean, softnet):
        assert module.get_decoder("authors").fit(everyone, "1")["k_p"] == int((14 + 1) / 2)
        assert module.get_decoder("strict").fit(everyone, "1")["k_p"] == int((9 + 1) / 2)
    of_macro = softnet.get_decoder("strict", "macro")
    assert of_macro.fit([*everyone, macro], "1") == {"k_p": 45, "peak": 0.55}
    with pytest.raises(MetstError, match="no macro-expression is annotated outside of subject 2"):
        of_macro.fit([*everyone, macro], "2")
    with pytest.raises(ConfigError, match="expected one of authors, strict"):
        sfamnet.get_decoder("paper")


def test_the_fitted_threshold_keeps_what_is_annotated_and_no_more() -> None:
    videos = [recording("1", 103, (25, 35))] * 2
    score = hill(100, 30).maximum(hill(100, 70, height=0.7))
    curves = sample_curves(torch.cat([score, score]), [100, 100])
    for module in (mean, softnet):
        decoder = module.get_decoder("strict")
        published = decoder.fit(videos, "2")
        fitted = decoder.fit_thresholds(curves, videos, published)
        assert len(decoder.propose(curves, videos, published).video) == 4
        assert decoder.propose(curves, videos, fitted).apex.tolist() == [30, 30]
        assert fitted == {**published, "peak": fitted["peak"]}


def test_the_published_threshold_stays_where_none_is_better() -> None:
    videos = [recording("1", 103)]
    curves = sample_curves(hill(100, 30), [100])
    for module in (mean, softnet):
        decoder = module.get_decoder("strict")
        constants = decoder.fit([*videos, recording("1", 103, (25, 35))], "2")
        assert decoder.fit_thresholds(curves, videos, constants) == constants
        assert constants["peak"] == 0.55


def test_sfamnet_strict_takes_lengths_and_thresholds_from_training_subjects() -> None:
    videos = [recording("1", 200, (54, 66)), recording("2", 200, (0, 199))]
    decoder = sfamnet.get_decoder("strict")
    constants = decoder.fit(videos, "2")
    assert (constants["shortest"], constants["longest"], constants["box"]) == (6, 7, 12)
    assert sfamnet.get_decoder("authors").fit(videos, "2") == sfamnet.PUBLISHED["micro"]
    curves = sample_curves(hill(100, 30).maximum(hill(100, 70, height=0.4)), [100])
    assert len(decoder.propose(curves, videos[:1], constants).video) == 0  # 0.576 is not reached
    fitted = decoder.fit_thresholds(curves, videos[:1], constants)
    found = decoder.propose(curves, videos[:1], fitted)
    assert found.apex.tolist() == [60]
    assert found.labels["none"].tolist() == [-1]
    of_macro = sfamnet.get_decoder("strict", "macro")
    drawn = of_macro.propose(curves, videos[:1], of_macro.fit(videos, "2"))
    assert drawn.curves is None
    assert drawn.facts["macro_height"] == 0.576


def test_an_annotated_interval_that_begins_at_its_apex_has_an_emotion() -> None:
    logits = 5.0 * torch.nn.functional.one_hot(torch.full((60,), 1), 3)
    curves, videos = sample_curves(hill(60, 30), [60], logits), [recording("1", 63)]
    for name in ("authors", "strict"):
        decoder = mean.get_decoder(name)
        found = decoder.propose(curves, videos, {"k_p": 6, "peak": 0.55})
        named = decoder.named(curves, replace(found, onset=found.apex))
        assert named.labels["spotting_first"].tolist() == [1]


def test_an_emotion_is_that_of_the_rise() -> None:
    classes = torch.full((60,), 1)
    classes[24:30] = 0  # up to the peak; the whole interval has more of the other
    logits = 5.0 * torch.nn.functional.one_hot(classes, 3)
    videos, constants = [recording("1", 63)], {"k_p": 6, "peak": 0.55}
    curves = sample_curves(hill(60, 30), [60], logits)
    found = {
        name: mean.get_decoder(name).propose(curves, videos, constants)
        for name in ("authors", "strict")
    }
    assert {name: p.labels["spotting_first"].tolist() for name, p in found.items()} == {
        "authors": [0],
        "strict": [0],
    }
    for proposals in found.values():
        assert list(proposals.labels) == ["spotting_first"]  # MEAN knows no neutral class
        assert proposals.probabilities is not None
        assert proposals.probabilities.shape == (1, 4)
        assert proposals.probabilities[0, 3] == 0
        again = mean.get_decoder(proposals.decoder).named(curves, replace(proposals, labels={}))
        assert torch.equal(again.labels["spotting_first"], proposals.labels["spotting_first"])
    rising = sfamnet.get_decoder("authors").named(curves, _doubled(found["strict"]))
    assert set(rising.labels) == {"none", "recognition_first", "spotting_first"}
    assert rising.labels["none"].tolist() == [0]


def _doubled(proposals: Proposals) -> Proposals:
    """The same intervals where a sample stands for two frames."""
    ends = {name: 2 * getattr(proposals, name) for name in ("onset", "apex", "offset")}
    return replace(proposals, **ends)


def test_pictures_show_a_sample_at_its_frames() -> None:
    score = torch.linspace(0, 1, 50)
    curves = sample_curves(score, [50])
    decoder = sfamnet.get_decoder("authors")
    video = recording("1", 99)
    drawn = decoder.propose(curves, [video], decoder.fit([video], "1")).curves
    assert drawn is not None
    assert drawn.score[0, 60] == drawn.score[0, 61] == score.double()[30]
    assert drawn.lengths.tolist() == [99]
    frames = softnet.get_decoder("authors").propose(curves, [video], {"k_p": 3, "peak": 0.55})
    assert frames.curves is not None
    middle = frames.curves.smoothed[0, 30]
    assert middle == pytest.approx(float(score[27:33].mean()), abs=1e-6)
