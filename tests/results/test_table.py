"""Tables as text."""

from metst.results.cells import MARK, Cell
from metst.results.table import Line, Table

TABLE = Table(
    "A & B",
    ["STRS", "F1_x"],
    [
        Line("w/o", "published, IV", [Cell(0.0314), Cell(None)]),
        Line("with|all", "strict", [Cell(0.5, 0.01, 0.4, 0.6), Cell(0.25, None, 0.2, 0.3)]),
    ],
    ["a note"],
)


def test_markdown_has_one_line_per_row() -> None:
    lines = TABLE.markdown().splitlines()
    assert lines[0] == "# A & B"
    assert lines[2:6] == [
        "|  | judged by | STRS | F1_x |",
        "| --- | --- | --- | --- |",
        "| w/o | published, IV | 0.0314 | - |",
        "| with/all | strict | 0.5000 ± 0.0100 [0.4000, 0.6000] | 0.2500 [0.2000, 0.3000] |",
    ]
    assert lines[-1] == "- a note"


def test_latex_escapes_what_latex_reads_otherwise() -> None:
    text = TABLE.latex()
    assert r"\caption{A \& B}" in text
    assert r" & judged by & STRS & F1\_x \\" in text
    assert (
        r"with|all & strict & 0.5000 $\pm$ 0.0100 [0.4000, 0.6000] & 0.2500 [0.2000, 0.3000] \\"
        in text
    )
    assert text.count(r"\begin") == text.count(r"\end") == 2


def test_csv_has_the_parts_that_a_column_knows() -> None:
    assert TABLE.csv().splitlines() == [
        "row,judged by,STRS,STRS spread,STRS low,STRS high,F1_x,F1_x low,F1_x high",
        'w/o,"published, IV",0.0314,,,,,,',
        "with|all,strict,0.5,0.01,0.4,0.6,0.25,0.2,0.3",
    ]
    other = Table("A", ["F1"], [Line("a", "b", [Cell(0.5, mark=MARK)])], [])
    assert other.csv().splitlines()[1] == f"a,b,0.5,{MARK}"
    assert f"| 0.5000{MARK} |" in other.markdown()
    assert r"0.5000$^\dagger$ \\" in other.latex()
