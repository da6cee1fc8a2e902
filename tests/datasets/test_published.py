"""Published scores fit each other: STRS is the product of two others."""

import pytest

from metst.datasets.published import Published
from metst.datasets.registry import DATASETS, published_scores

ROWS = [row for name in DATASETS for row in published_scores(name)]


@pytest.mark.parametrize("row", [r for r in ROWS if r.strs is not None], ids=lambda r: r.method)
def test_strs_is_spotting_times_recognition(row: Published) -> None:
    assert row.spotting is not None and row.recognition is not None and row.strs is not None
    # Each factor was rounded to 4 decimals, and so was the product.
    error = (row.spotting + row.recognition + 1) * 5e-5
    assert abs(row.spotting * row.recognition - row.strs) <= error


def test_recalls_are_whole_numbers_of_mes() -> None:
    """Of the 159 of SAMM-LV: what shows to which data set the column belongs."""
    recalls = [r.recall for r in published_scores("sammlv") if r.recall is not None]
    for recall in recalls:
        assert abs(recall - round(recall * 159) / 159) < 5e-5


def test_every_row_has_a_score() -> None:
    assert published_scores("fourth") == ()
    for row in ROWS:
        assert any(v is not None for v in (row.strs, row.spotting, row.uf1)), row
