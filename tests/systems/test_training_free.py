"""OF-FD, MDMD and SP-FD: intervals as published, constants from training subjects, whole runs."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.signal import savgol_filter

from metst.datasets.labels.records import Expression, Kind, Recording, Timebase
from metst.datasets.labels.samples import samples
from metst.features.of_fd import FACTORS
from metst.features.source import Source
from metst.features.sp_fd.feature import FAULTS
from metst.features.store import Arrays
from metst.report import write_report
from metst.results.ledger import RunFolder
from metst.results.tables import read_predictions
from metst.runner.rescore import rescore
from metst.systems import mdmd, of_fd, sp_fd
from metst.systems.mdmd.decoder import relative_difference, threshold
from metst.systems.of_fd.module import OFFDDecoder
from metst.systems.sp_fd.decoder import MARGIN, MOTION, ORDER, peaks, united
from metst.systems.training_free import runs
from tests.support import parity
from tests.support.runs import run
from tests.support.stored import fill


def recording(frames: int, *spans: tuple[int, int], kind: Kind = "micro") -> Recording:
    rows = tuple(Expression("s", "v", on, None, off, kind, "positive") for on, off in spans)
    return Recording("s", "v", frames, Timebase(30.0, first=0), rows)


@pytest.mark.parametrize("path", parity.each("systems/spot/mdmd*.json"))
def test_mdmd_as_published(path: Path) -> None:
    arrays = np.load(path.with_suffix(".npz"))
    for case in json.loads(path.read_text())["spot"]:
        k, (shortest, longest) = case["k"], case["lengths"]
        relative = relative_difference(arrays[f"curve{case['id']}"], k, lost_end=True)
        np.testing.assert_allclose(relative, arrays[f"C{case['id']}"], rtol=0, atol=1e-9)
        heights = [threshold(relative, p / 100) for p in range(1, 100)]
        np.testing.assert_allclose(heights, arrays[f"T{case['id']}"], rtol=0, atol=1e-9)
        for p, expected in case["intervals"].items():
            found = runs(relative > threshold(relative, int(p) / 100))
            raw = [[2 * k + first, 2 * k + last] for first, last in found]  # from 1
            assert raw == expected["raw"]
            kept = [r for r in raw if r[1] - r[0] + 1 >= shortest]
            assert expected["kept"] == [
                r for r in kept if longest < 0 or r[1] - r[0] + 1 <= longest
            ]


@pytest.mark.parametrize(("kind", "low", "high"), [("micro", 7, 16), ("macro", 17, 25)])
def test_mdmd_lengths(kind: Kind, low: int, high: int) -> None:
    decoder = mdmd.MDMDDecoder("strict", kind, mdmd.Quirks.none())
    for length in (low - 1, low, high, high + 1):
        values = np.zeros((2, 260))
        values[1, 100 : 100 + length] = 1
        arrays = {kind: values, f"{kind}_k": np.array([30])}
        found = decoder.find(arrays, recording(260), {"peak": 0.5})
        fits = low <= length and (length <= high or kind == "macro")
        assert [(f.onset, f.offset) for f in found] == [(100, 99 + length)] * fits
        assert decoder.drawn(arrays, recording(260), {"peak": 0.5}).curve[100] == 1


def test_mdmd_loses_the_end() -> None:
    values = np.zeros((2, 200))
    values[:, 155:165] = 1
    arrays = {"micro": values, "micro_k": np.array([12])}
    found = [
        len(mdmd.MDMDDecoder("authors", "micro", q).find(arrays, recording(200), {"peak": 0.5}))
        for q in (mdmd.Quirks(), mdmd.Quirks(lost_end=False))
    ]
    assert found == [0, 1]


@pytest.mark.parametrize("path", parity.each("systems/spot/spfd*.json"))
def test_sp_fd_as_published(path: Path) -> None:
    arrays, content = np.load(path.with_suffix(".npz")), json.loads(path.read_text())
    for case in content["spot"]:
        curves, window = arrays[f"mag{case['id']}"][MARGIN:-MARGIN].T, case["window"]
        moves = [savgol_filter(c.astype(float), window, ORDER).max() >= MOTION for c in curves]
        each = [peaks(curve, window, 8, sp_fd.Quirks()) for curve in curves]
        numbers = [[[1 + MARGIN + row for row in peak] for peak in of] for of in each]
        assert [of for of, m in zip(numbers, moves, strict=True) if m] == case["per_curve"]
        spans = [[(first, last) for first, _, last in of] for of in each]
        found = united(spans, curves.shape[1], sp_fd.Quirks())
        assert [[1 + MARGIN + row for row in span] for span in found] == case["intervals"]
    for case in content["merge"]:
        spans = [[(first - 1, last - 1) for first, last in of] for of in case["detections"]]
        found = united(spans, case["rows"], sp_fd.Quirks())
        assert [[first + 1, last + 1] for first, last in found] == case["intervals"]


def motion(rows: int, *tops: int) -> Arrays:
    """Motion of one region: about 3 pixels at each top, each a little less than the one before."""
    lengths = np.zeros((len(FAULTS), rows, 12), np.float32)
    for number, top in enumerate(tops):
        for row in range(-1, 2):
            lengths[:, top + row, 0] = (3 - number / 20) * (1 - abs(row) / 2)
    return {"lengths": lengths}


def test_sp_fd_without_its_faults() -> None:
    arrays, constants = motion(400, 50, 280, 200, 208, 216), {"window": 5.0}
    spans = {}
    for name, quirks in {"authors": sp_fd.Quirks(), "strict": sp_fd.Quirks.none()}.items():
        decoder = sp_fd.SPFDDecoder(name, "micro", quirks)  # type: ignore[arg-type]
        spans[name] = [(f.onset, f.offset) for f in decoder.find(arrays, recording(401), constants)]
    # The highest of all lies in the margin, the next one is the highest beyond it.
    assert [onset for onset, _ in spans["strict"]] == [47, 197, 277]
    assert [onset for onset, _ in spans["authors"]] == [197, 213]
    assert [offset for _, offset in spans["strict"]] == [53, 219, 283]


def offd_arrays(spans: list[tuple[int, int, int]]) -> Arrays:
    height = np.zeros(200, np.float32)
    height[::10] = 2
    return {"spans": np.array(spans), "height": height}


def test_of_fd_takes_kinds_by_length_and_fits_them() -> None:
    right = FACTORS.index(1.2)
    arrays = offd_arrays([(0, 10, 25), (0, 40, 56), (right, 98, 117), (right, 130, 180)])
    known = recording(200, (100, 118))
    found = {}
    for name in ("authors", "strict"):
        for kind in ("micro", "macro"):
            decoder = OFFDDecoder(name, kind, 1.4)  # type: ignore[arg-type]
            constants = decoder.fit([arrays], [known])
            of = decoder.find(arrays, known, constants)
            found[name, kind] = [(f.onset, f.apex, f.offset, f.score) for f in of]
            if (name, kind) == ("strict", "micro"):
                assert constants == {"factor": 1.2, "longest": 0.7}
                assert decoder.drawn(arrays, known, constants).threshold == pytest.approx(1.68)
    assert found["authors", "micro"] == [(10, 10, 25, 2)]
    assert found["authors", "macro"] == found["strict", "macro"] == [(40, 40, 56, 2)]
    assert found["strict", "micro"] == [(98, 100, 117, 2)]


def made_up(recording: Recording, source: Source) -> Arrays:
    """Features of any of the three in which each ME shows."""
    spans = [(s.onset, s.offset) for s in samples(recording, "strict")]
    high = np.random.default_rng(len(spans)).normal(0, 0.02, recording.frames)
    for onset, offset in spans:
        high[onset : offset + 1] += 2
    if source.spec.name == "of_fd":
        rows = [(n, *span) for n in range(len(FACTORS)) for span in spans]
        return {"spans": np.array(rows).reshape(-1, 3), "height": high.astype(np.float32)}
    if source.spec.name == "mdmd":
        values = {name: np.stack([high, high]) for name in ("micro", "macro")}
        return {**values, "micro_k": np.array([12]), "macro_k": np.array([20])}
    tops = [min(max(4, (onset + offset) // 2), recording.frames - 6) for onset, offset in spans]
    return motion(recording.frames - 1, *tops)


SAMPLES: dict[str, Any] = {
    "of_fd": of_fd.OFFDSamples,
    "mdmd": mdmd.MDMDSamples,
    "sp_fd": sp_fd.SPFDSamples,
}


@pytest.mark.slow
@pytest.mark.parametrize("system", SAMPLES)
def test_a_whole_run(
    system: str, tiny: list[str], tiny_root: Path, tiny_cache: Path, tmp_path: Path
) -> None:
    fill(SAMPLES[system](detector="dlib").feature, tiny_root, tiny_cache, made_up)
    yaml = f"experiments/systems/{system}.yaml"
    results = run(tiny, "--config", yaml, "--name=small").results
    folder = RunFolder(tmp_path / "small")
    assert not folder.fold("spNO.1").checkpoint.exists()
    strict = results["protocols"]["strict"]["spotting"]
    assert strict["tp"] > 0 or system == "sp_fd"
    table = read_predictions(folder.predictions)
    assert set(table["variant"]) <= {"authors/none", "strict/none"}
    predictions, again = rescore(folder.path)
    assert predictions.equals(table)
    assert again == json.loads(folder.results.read_text())
    assert "spNO.1" in write_report([folder.path]).read_text()
