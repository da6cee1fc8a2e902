"""Generated data sets of the shape of the real ones: label tables and cached flow, no frames.

With them everything but the extraction can be rehearsed: videos without micro-expressions, subjects
with one and with fifty, micro-expressions of three frames and of two minutes. Faces, heads and
speech move as those of the rendered heads do, and flow has the errors that were measured there.
"""

from experiments.bench.rehearsal.rehearse import rehearse, store
from experiments.bench.rehearsal.script import recordings
from experiments.bench.rehearsal.shapes import SHAPES, TINY, Shape

__all__ = ["SHAPES", "TINY", "Shape", "recordings", "rehearse", "store"]
