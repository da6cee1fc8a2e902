"""Generated data have the counts and quantiles of the real tables, and their readers read them."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from datamodules.casme3 import CASME3DataModule
from datamodules.loso import LOSODataModule
from datamodules.sammlv import SAMMLVDataModule
from experiments.bench.rehearsal import SHAPES, TINY, recordings, rehearse
from metst.datasets.labels import Kind, Recording
from metst.datasets.labels.authors import half_length
from metst.datasets.labels.strict import strict_samples
from metst.datasets.registry import dataset
from metst.features.windows import window_starts
from metst.samples import FlowWindows
from tests.support.rehearsed import Generated

MODULES = {"casme3": CASME3DataModule, "sammlv": SAMMLVDataModule}


def lengths(made: tuple[Recording, ...], kind: Kind) -> np.ndarray:
    spans = [(e.onset, e.offset) for r in made for e in r.expressions if e.kind == kind]
    return np.array([offset - onset + 1 for onset, offset in spans])


def counts(made: tuple[Recording, ...]) -> dict[str, int]:
    expressions = [e for r in made for e in r.expressions]
    micro = [e for e in expressions if e.kind == "micro"]
    return {
        "videos": len(made),
        "subjects": len({r.subject for r in made}),
        "annotated videos": len({(e.subject, e.video) for e in expressions}),
        "annotated subjects": len({e.subject for e in expressions}),
        "ME videos": len({(e.subject, e.video) for e in micro}),
        "ME subjects": len({e.subject for e in micro}),
        **Counter(e.kind for e in expressions),
    }


def test_the_full_form_counts_as_casme3_does() -> None:
    made = recordings(SHAPES["casme3"])
    assert counts(made) == {
        "videos": 1300,
        "annotated videos": 1001,
        "ME videos": 463,
        "subjects": 100,
        "annotated subjects": 98,
        "ME subjects": 94,
        "micro": 860,
        "macro": 3346,
        "blink": 841,
    }
    labels = Counter(e.label for r in made for e in r.micro)
    assert labels == {
        "disgust": 250,
        "surprise": 187,
        "others": 161,
        "fear": 86,
        "anger": 64,
        "sad": 57,
        "happy": 55,
    }
    assert half_length(made) == 17
    assert sum(len(strict_samples(r).expressions) for r in made) == 860


def test_the_full_form_has_the_tails_of_casme3() -> None:
    made = recordings(SHAPES["casme3"])
    micro = lengths(made, "micro")
    published = {0.05: 9, 0.25: 15, 0.5: 22, 0.75: 34, 0.95: 71}
    assert np.quantile(micro, list(published)) == pytest.approx(list(published.values()), abs=1)
    assert (micro.min(), micro.max()) == (3, 3451)
    assert micro.mean() == pytest.approx(35.7, abs=0.5)
    of_subjects = Counter(e.subject for r in made for e in r.micro).values()
    assert (min(of_subjects), max(of_subjects)) == (1, 57)
    of_videos = Counter(len(r.micro) for r in made)
    assert (of_videos[1], of_videos[2], of_videos[3], of_videos[4]) == (272, 105, 34, 23)
    assert any(r.micro and r.frames < 50 for r in made)
    pairs = sum(
        a.offset >= b.onset and b.offset >= a.onset
        for r in made
        for i, a in enumerate(r.micro)
        for b in r.micro[:i]
    )
    assert pairs == 8
    assert 40 <= sum(e.onset == e.apex for r in made for e in r.micro) <= 70


def test_the_full_form_counts_as_sammlv_does() -> None:
    made = recordings(SHAPES["sammlv"])
    assert counts(made) == {
        "videos": 147,
        "annotated videos": 147,
        "ME videos": 79,
        "subjects": 30,
        "annotated subjects": 30,
        "ME subjects": 29,
        "micro": 159,
        "macro": 343,
    }
    assert half_length(made) == 5


@pytest.mark.parametrize("name", [*TINY])
def test_everything_lies_inside_its_video(name: str) -> None:
    for r in recordings(TINY[name]):
        last = r.frames * r.timebase.skip
        assert all(e.onset <= e.offset <= last for e in r.expressions)
        assert all(1 <= e.onset <= (e.apex or 0) <= e.offset for e in r.micro)


def test_a_tiny_fold_has_more_videos_than_mes() -> None:
    made = recordings(TINY["casme3"])
    assert counts(made)["videos"] == 60
    for subject in {r.subject for r in made}:
        test, training = ([r for r in made if (r.subject == subject) is it] for it in (True, False))
        assert sum(len(r.micro) for r in training) < len(training)
        assert len(test) == 5
    of_subjects = Counter(e.subject for r in made for e in r.micro)
    assert min(of_subjects.values()) == 1
    assert len(of_subjects) == 10  # two of the subjects have none
    assert Counter(e.emotion for r in made for e in r.micro)["positive"] == 1


def test_other_seeds_give_other_data() -> None:
    shape = TINY["sammlv"]
    assert recordings(shape, 1) == recordings(shape, 1)
    assert recordings(shape, 1) != recordings(shape, 2)


@pytest.mark.parametrize("name", [*TINY])
def test_the_data_module_reads_what_was_generated(
    name: str, request: pytest.FixtureRequest
) -> None:
    place, made = request.getfixturevalue(name)
    data = module(place, name)
    data.source.locate()
    assert [(r.subject, r.video, r.frames) for r in data.source.recordings()] == sorted_like(
        made, data
    )
    read = {
        (r.subject, r.video): {strip(e) for e in r.expressions} for r in data.source.recordings()
    }
    assert read == {(r.subject, r.video): {strip(e) for e in r.expressions} for r in made}


@pytest.mark.parametrize("name", [*TINY])
def test_the_tables_have_no_findings(name: str, request: pytest.FixtureRequest) -> None:
    root = request.getfixturevalue(name)[0] / "root"
    found = dataset(name).annotations(root).findings
    assert not found


def test_windows_are_measured_from_their_first_frame(casme3: Generated) -> None:
    data = module(casme3[0], "casme3")
    recording = max(casme3[1], key=lambda r: r.frames)
    windows = data.source.read(recording).arrays["windows"]
    assert windows.shape == (len(window_starts(recording.frames, 50, tail=True)), 10, 50)
    assert not windows[:, :, 0].any()
    # Successive windows share half of their frames, and measure each with errors of their own.
    earlier, later = windows[:-2, :, 25:], windows[1:-1, :, :25]
    both = np.corrcoef((earlier - earlier[:, :, :1]).ravel(), later.ravel())[0, 1]
    assert 0.4 < both < 1


def test_the_same_seed_gives_the_same_files(casme3: Generated, tmp_path: Path) -> None:
    rehearse(tmp_path / "root", tmp_path / "cache", TINY["casme3"])
    one, other = (module(place, "casme3").source.identity() for place in (casme3[0], tmp_path))
    assert one == other


def module(place: Path, name: str) -> LOSODataModule:
    k = TINY[name].k
    return MODULES[name](place / "root", place / "cache", FlowWindows(k, ratio=1.0), batch_size=4)


def sorted_like(made: tuple[Recording, ...], data: LOSODataModule) -> list[tuple[str, str, int]]:
    known = {(r.subject, r.video): r.frames for r in made}
    return [(r.subject, r.video, known[r.subject, r.video]) for r in data.source.recordings()]


def strip(e: object) -> tuple[object, ...]:
    names = ("onset", "apex", "offset", "kind", "emotion")
    return tuple(getattr(e, name) for name in names)
