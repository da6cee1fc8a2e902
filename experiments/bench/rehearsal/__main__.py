"""The whole experiment on generated data of a real data set's size, without frames.

    python -m experiments.bench.rehearsal                      # CAS(ME)^3: 100 folds, 1300 videos
    python -m experiments.bench.rehearsal --dataset sammlv     # 30 folds, 147 videos
    python -m experiments.bench.rehearsal --tiny --keep runs/rehearsal

The flow is that of heads that are not rendered, with measured errors (`experiments.bench.ideal`).
Every fold is run through everything but training at full length: two epochs of a small network,
then predictions, scores, timelines, results and the report. It prints time, memory of the largest
process and file sizes. The exit code is 0 only if every fold is done, every annotated ME is
counted, and the scores computed again from the tables are those of the run.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from experiments.bench.rehearsal import SHAPES, TINY, Shape, rehearse
from metst.datasets.labels import Recording
from metst.results.ledger import RunFolder

SMALL = (
    "--executor.workers=1",
    "--trainer.max_epochs=2",
    "--trainer.accelerator=cpu",
    "--model.network.width=4",
    "--model.network.depth=1",
    "--model.network.state=2",
)

WITHOUT_TIMELINES = json.dumps(
    [
        {"class_path": "callbacks.exact_resume.ExactResume"},
        {"class_path": "callbacks.spot_then_recognize.SpotThenRecognize"},
    ]
)


def main() -> int:
    """Print what a run of that size takes."""
    parser = argparse.ArgumentParser(
        description=__doc__, allow_abbrev=False, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--dataset", choices=tuple(SHAPES), default="casme3")
    parser.add_argument("--tiny", action="store_true", help="the small form of the tests")
    parser.add_argument(
        "--no-timelines", action="store_true", help="no picture of every video (half of the time)"
    )
    parser.add_argument("--keep", type=Path, help="folder for data and run; default: a passing one")
    options = parser.parse_args()
    shape = (TINY if options.tiny else SHAPES)[options.dataset]
    more = [f"--callbacks={WITHOUT_TIMELINES}"] if options.no_timelines else []
    if options.keep:
        return _rehearsal(options.keep, shape, more)
    with tempfile.TemporaryDirectory() as folder:
        return _rehearsal(Path(folder), shape, more)


def _rehearsal(place: Path, shape: Shape, more: list[str]) -> int:
    """Generate, run with `more` options and check; 0 if all is well."""
    begin = time.perf_counter()
    recordings = rehearse(place / "root", place / "cache", shape)
    minutes = sum(r.frames / r.timebase.sampled_fps for r in recordings) / 60
    print(f"{shape.name}: {len(recordings)} videos, {minutes:.0f} minutes, {shape.micro} MEs")
    print(f"{'generated in':<24} {time.perf_counter() - begin:9.1f} s")
    run = RunFolder(place / "runs" / shape.name)
    data = [f"--data.root={place / 'root'}", f"--data.cache={place / 'cache'}"]
    data += ["--data.samples.detector=mesh"]  # under whose name `rehearse` stores flow
    config = f"experiments/{shape.name}.yaml"
    _metst("loso", f"--config={config}", *data, f"--loso.runs={run.path.parent}", *SMALL, *more)
    _metst("report", str(run.path))
    analyzed = json.dumps(json.loads(run.results.read_bytes())["protocols"]["strict"]["analyzed"])
    again = _metst("evaluate", str(run.path), "--json", f"--analyzed={analyzed}")
    for name in ("predictions.csv", "annotations.csv", "report.html"):
        print(f"{name:<24} {(run.path / name).stat().st_size / 1e6:9.1f} MB")
    pictures = [p.stat().st_size for p in run.path.glob("folds/*/timelines/*.png")]
    print(f"{f'{len(pictures)} timelines':<24} {sum(pictures) / 1e6:9.1f} MB")
    wrong = _wrong(run, recordings, json.loads(again))
    print("\n".join(wrong) or "all folds done, all MEs counted, scores the same from the tables")
    return 1 if wrong else 0


def _metst(*words: str) -> str:
    """Run a command; prints its time and memory, returns its output."""
    begin = time.perf_counter()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen([sys.executable, "-m", "metst", *words], stdout=output)
        # Of the process or of a child that it waited for, whichever was larger.
        _, status, usage = os.wait4(process.pid, 0)
        output.seek(0)
        printed = output.read()
    if status:
        print(printed)
        sys.exit(f"metst {' '.join(words)}: exit code {os.waitstatus_to_exitcode(status)}")
    seconds, memory = time.perf_counter() - begin, usage.ru_maxrss / 2**10
    print(f"{words[0]:<24} {seconds:9.1f} s {memory:9.0f} MiB", flush=True)
    return printed


def _wrong(run: RunFolder, recordings: tuple[Recording, ...], again: dict[str, Any]) -> list[str]:
    """What should not be so."""
    results = json.loads(run.results.read_bytes())
    subjects = dict.fromkeys(r.subject for r in recordings)
    wrong = [f"fold {s} is not done" for s in subjects if not run.fold(s).done]
    wanted = sum(len(r.micro) for r in recordings)
    for protocol in ("authors", "strict"):
        for strategy, scores in results["protocols"][protocol]["synergy"].items():
            counted = scores["spotting"]["tp"] + scores["spotting"]["fn"]
            if counted != wanted:
                wrong.append(f"{protocol}, {strategy}: {counted} of {wanted} MEs are counted")
    if any(results[key] != again[key] for key in ("protocols", "folds", "candidates")):
        wrong.append("metst evaluate gives other scores than the run")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
