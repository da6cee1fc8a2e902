"""Networks that are damaged, or no networks, are refused in one line."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save

from metst.base.errors import ConfigError, DataError, MetstError
from metst.cli import main
from metst.cli.main import FAILED
from metst.predict import export_model, load_model
from metst.predict.model import About, Model
from metst.results.checkpoint import RESULTS, SUMS
from metst.results.ledger import FoldFolder
from metst.results.outputs import read_outputs
from metst.runner.rescore import rescore
from metst.systems.me_tst.network import METST

DAMAGED = r"{} is damaged \(its SHA-256 is not the one noted\)"


@pytest.fixture
def run(tiny_runs: Path, tmp_path: Path) -> Path:
    """A finished run of one's own."""
    return Path(shutil.copytree(tiny_runs / "demo", tmp_path / "demo"))


def flip(path: Path, place: float) -> None:
    """Turn one bit at a share of a file's length."""
    data = bytearray(path.read_bytes())
    data[int(len(data) * place)] ^= 1
    path.write_bytes(data)


def one_line(captured: pytest.CaptureFixture[str]) -> str:
    """The only line of the messages."""
    (line,) = captured.readouterr().err.splitlines()
    assert "weights_only" not in line
    return line


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("network:", "other:", "got no network on metst.samples"),
        ("FlowWindows", "Other", r"METST on metst\.samples.*Other"),
    ],
)
def test_only_me_tst_on_flow_is_read(run: Path, old: str, new: str, message: str) -> None:
    config = run / "config.yaml"
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new))
    with pytest.raises(ConfigError, match=f"predict reads .*{message}"):
        load_model(run)


def test_a_checkpoint_with_a_turned_bit_is_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flip(run / "folds/spNO.1/last.ckpt", 0.5)
    words = [f"--checkpoint={run}", "--fold=spNO.1", f"--out={tmp_path / 'out'}"]
    assert main(["predict", "any.mp4", *words]) == FAILED
    assert "last.ckpt is damaged (its SHA-256 is not the one noted)" in one_line(capsys)
    assert (
        main(["export", str(run), "--fold=spNO.1", f"--out={tmp_path / 'x.safetensors'}"]) == FAILED
    )
    assert "last.ckpt is damaged" in one_line(capsys)
    assert main(["stream", "any.mp4", f"--checkpoint={run}/folds/spNO.1/last.ckpt"]) == FAILED
    assert "last.ckpt is damaged" in one_line(capsys)
    assert not (tmp_path / "x").exists()
    assert len(load_model(run, "spNO.2").networks) == 1


@pytest.mark.parametrize("name", ["last.ckpt", "metrics.json"])
@pytest.mark.parametrize("length", [0, 20, 1000])
def test_a_cut_file_of_a_fold_is_refused(run: Path, name: str, length: int) -> None:
    path = run / "folds/spNO.2" / name
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(MetstError, match=DAMAGED.format(name)):
        load_model(run)


@pytest.mark.parametrize(("name", "file"), [(SUMS, "last.ckpt"), (RESULTS, "metrics.json")])
@pytest.mark.parametrize("length", [0, 1000])
def test_what_nobody_noted_is_refused_where_it_shows(
    run: Path, name: str, file: str, length: int
) -> None:
    fold = run / "folds/spNO.2"
    (fold / name).unlink()
    assert len(load_model(run).networks) == 2
    (fold / file).write_bytes((fold / file).read_bytes()[:length])
    with pytest.raises(MetstError, match=rf"{file}.* (damaged|found an empty file)"):
        load_model(run)


def test_a_turned_bit_shows_without_a_note(run: Path) -> None:
    """Torch's archives carry a CRC-32, which torch itself does not look at."""
    fold = run / "folds/spNO.1"
    (fold / SUMS).unlink()
    state = torch.load(fold / "last.ckpt", weights_only=True)["state_dict"]
    weights = max(state.values(), key=torch.numel).numpy().tobytes()
    data = bytearray((fold / "last.ckpt").read_bytes())
    data[data.find(weights) + 3] ^= 1
    (fold / "last.ckpt").write_bytes(data)
    with pytest.raises(DataError, match="damaged or cut off"):
        load_model(run, "spNO.1")


def test_curves_of_a_fold_are_checked_by_the_report(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flip(run / "folds/spNO.2/frame_curves.safetensors", 0.9)
    assert main(["report", str(run)]) == FAILED
    assert "frame_curves.safetensors is damaged (its SHA-256 is not the one" in one_line(capsys)


def test_outputs_of_a_fold_are_checked_by_rescoring(run: Path) -> None:
    flip(run / "folds/spNO.2/outputs.safetensors", 0.9)
    with pytest.raises(MetstError, match=DAMAGED.format("outputs.safetensors")):
        rescore(run)


def test_pooling_checks_the_predictions_of_each_fold(
    run: Path, tiny: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = run / "folds/spNO.2/predictions.csv"
    path.write_text(path.read_text() + "\n")
    (run / "results.json").unlink()  # else nothing is pooled again
    words = ["loso", "--config=experiments/demo.yaml", *tiny]
    assert main(words) == FAILED
    assert "predictions.csv is damaged (its SHA-256" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "found nothing"),
        (b"", "damaged or cut off"),
        (b"text", "damaged or cut off"),
    ],
)
def test_outputs_that_nobody_noted_are_refused_where_it_shows(
    run: Path, content: bytes | None, message: str
) -> None:
    fold = FoldFolder(run / "folds/spNO.1")
    (fold.path / RESULTS).unlink()
    assert read_outputs(fold).keys() == {"score", "logits"}
    fold.outputs.unlink()
    if content is not None:
        fold.outputs.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_outputs(fold)


@pytest.fixture(scope="module")
def small() -> Model:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = METST(width=4, depth=1, state=2).eval()
    return Model(About("small", 30.0, 50, 6, floor=0.25), (network,))


def test_every_turned_bit_of_an_exported_file_is_seen(small: Model, tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    export_model(small, path, "small")
    whole = path.read_bytes()
    assert load_model(path).about == small.about
    places = np.random.default_rng(0).choice(len(whole), 200, replace=False).tolist()
    for place in [*range(8), *places, len(whole) - 1]:
        for bit in (1, 128):
            data = bytearray(whole)
            data[place] ^= bit
            path.write_bytes(data)
            with pytest.raises(DataError) as caught:
                load_model(path)
            assert "\n" not in str(caught.value)


def test_an_older_export_is_refused(small: Model, tmp_path: Path) -> None:
    path, (network,) = tmp_path / "x.safetensors", small.networks
    facts = {"name": "old", "fps": 30.0, "k": 50, "k_p": 6, "peak": 0.55, "reference": "window"}
    reported = json.dumps({**facts, "network": network.config, "format": 1})
    path.write_bytes(save(network.state_dict(), metadata={"metst": reported}))
    with pytest.raises(DataError, match="expected format 3, found 1: export it again"):
        load_model(path)


def _nan(model: Model) -> Model:
    (network,) = model.networks
    weights = {k: v.clone() for k, v in network.state_dict().items()}
    weights["spotting.weight"][0, 0] = torch.nan
    other = METST(**network.config)
    other.load_state_dict(weights)
    return replace(model, networks=(other.eval(),))


def test_nan_is_no_weight(small: Model, run: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    export_model(_nan(small), path, "x")
    with pytest.raises(DataError, match=r"1 of 4 numbers of its spotting.weight are NaN"):
        load_model(path)
    fold = run / "folds/spNO.1"
    stored = torch.load(fold / "last.ckpt", weights_only=True)
    stored["state_dict"]["network.spotting.bias"][:] = torch.inf
    torch.save(stored, fold / "last.ckpt")
    (fold / SUMS).unlink()
    with pytest.raises(DataError, match=r"spotting\.bias are NaN or infinite"):
        load_model(run)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w: w.pop("spotting.bias"), "spotting.bias is missing"),
        (lambda w: w.update(extra=torch.zeros(1)), "extra is unknown"),
        (lambda w: w.update({"spotting.bias": torch.zeros(3)}), r"shape \(1,\), got \(3,\)"),
        *(
            (lambda w, kind=kind: w.update({"spotting.bias": w["spotting.bias"].to(kind)}), "real")
            for kind in (torch.cfloat, torch.int8, torch.bool, torch.float8_e5m2)
        ),
    ],
)
def test_weights_that_do_not_fit_are_named(run: Path, change: object, message: str) -> None:
    fold = run / "folds/spNO.1"
    stored = torch.load(fold / "last.ckpt", weights_only=True)
    weights = {k.removeprefix("network."): v for k, v in stored["state_dict"].items()}
    change(weights)  # type: ignore[operator]
    stored["state_dict"] = {f"network.{k}": v for k, v in weights.items()}
    torch.save(stored, fold / "last.ckpt")
    (fold / SUMS).unlink()
    with pytest.raises(DataError, match=message) as caught:
        load_model(run)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["x.safetensors", "x.pkl", "x.ckpt", "x", "x.txt"])
@pytest.mark.parametrize("content", [None, b"", b"text", b"PK\3\4", b"\x80\2text", b"\xff" * 99])
def test_other_files_and_folders_are_refused_in_one_line(
    name: str, content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.mkdir() if content is None else path.write_bytes(content)
    assert main(["predict", "any.mp4", f"--checkpoint={path}"]) == FAILED
    assert one_line(capsys).startswith(f"metst: {path}: expected ")


@pytest.mark.parametrize("name", ["config.yaml", "annotations.csv"])
@pytest.mark.parametrize("content", ["", "text", "a: [", "data: 3\nmodel: 4"])
def test_damaged_files_of_a_run_are_refused_in_one_line(
    run: Path, name: str, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / name).write_text(content)
    assert main(["predict", "any.mp4", f"--checkpoint={run}"]) == FAILED
    assert f"{name}: expected" in one_line(capsys)


def test_another_checkpoint_of_a_fold_is_not_taken_for_the_last(run: Path) -> None:
    other = run / "folds/spNO.1/previous.ckpt"
    shutil.copy(run / "folds/spNO.1/last.ckpt", other)
    with pytest.raises(DataError, match=r"expected the last\.ckpt"):
        load_model(other)


def test_a_network_of_other_channels_is_refused(tmp_path: Path) -> None:
    network = METST(channels=36, width=4, depth=1, state=2).eval()
    export_model(Model(About("x", 30.0, 50, 6), (network,)), tmp_path / "x", "x")
    with pytest.raises(DataError, match="10 flow channels and 4 emotions, found 36 channels"):
        load_model(tmp_path / "x")


def test_the_shipped_demonstration_has_a_floor_and_a_digest(
    caplog: pytest.LogCaptureFixture,
) -> None:
    model = load_model()
    assert "digest" not in caplog.text
    assert model.about.floor is not None
    assert 0.05 <= model.about.floor < 0.5
    assert model.about.notes == ()


def test_a_run_notes_what_its_folds_leave(run: Path) -> None:
    for fold in run.glob("folds/*"):
        lines = (fold / RESULTS).read_text().splitlines()
        assert [x.split()[1] for x in lines] == [
            "outputs.safetensors",
            "frame_curves.safetensors",
            "predictions.csv",
            "metrics.json",
        ]
        assert load_file(fold / "outputs.safetensors").keys() == {"score", "logits"}
