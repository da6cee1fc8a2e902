"""How large the report of a large run is, and how long Chromium takes to open it.

    python -m experiments.bench.report                     # as large as CAS(ME)^3
    python -m experiments.bench.report --subjects 5 --videos 2

The run is made up, and its curves are as hard to compress as real ones. The page counts as open
when the first timeline is drawn.
"""

import argparse
import tempfile
import time
from pathlib import Path

from experiments.bench._browser import open_browser
from experiments.bench._made_up import make_run
from metst.report import write_report


def main() -> None:
    """Print size and times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subjects", type=int, default=93)
    parser.add_argument("--videos", type=int, default=5, help="of each subject")
    parser.add_argument("--frames", type=int, default=2700)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        run = make_run(Path(scratch, "big"), options.subjects, options.videos, options.frames)
        begin = time.perf_counter()
        page = write_report([run])
        written, size = time.perf_counter() - begin, page.stat().st_size / 1e6
        videos = options.subjects * options.videos
        print(f"{videos} videos of {options.frames} frames: {size:.2f} MB in {written:.0f} s")
        with open_browser() as tab:
            tab.look(1440, 1000)
            begin = time.perf_counter()
            tab.open(page.resolve().as_uri() + "#timelines")
            tab.wait_for("document.querySelectorAll('#list canvas').length > 0")
            print(f"opened, first timeline drawn: {time.perf_counter() - begin:.2f} s")


if __name__ == "__main__":
    main()
