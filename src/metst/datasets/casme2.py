"""CAS(ME)^2, part A: Qu et al., IEEE Transactions on Affective Computing 9(4), 2018.

<root>/rawpic/s15/15_0101disgustingteeth/img_1.jpg ...   30 frames per second
<root>/CAS(ME)^2code_final.xlsx                          labels, without a header row

Layout, sheets and columns are known from public programs that read them: the baseline of MEGC 2020
(He et al.), SOFTNet (Liong et al.) and others. Not compared with the files themselves yet:

- Whether a frame number is that in the name of an image; these programs take it for that.
- The words of the estimated emotion: negative, positive, surprise and others are expected.
- A row with offset 0 lasts to its apex in some programs and is mirrored at its apex in others; here
  `metst check` reports it, and the strict rules leave it out.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from metst.base.errors import LabelError
from metst.base.names import first_few
from metst.datasets.folder.dataset import Folder
from metst.datasets.folder.options import FolderOptions
from metst.datasets.labels.annotations import Annotations, VideoKey
from metst.datasets.labels.emotions import Emotions, kind_of
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.records import EMOTIONS, Expression, Kind
from metst.datasets.labels.sheets import Sheet, damage_named, read_sheets
from metst.datasets.labels.tables import Row, Table, is_table_file, unknown_type
from metst.datasets.published import OWN, UNSCORED, Published

COLUMNS = (
    *("participant", "expression", "onset", "apex", "offset", "action units"),
    *("emotion", "kind", "self-report"),
)
"""Of the first sheet, in order; expression `anger1_2` is the second one during film anger1."""

SUBJECTS, FILMS = "naming rule1", "naming rule2"
"""Sheets: `15, s15, 1` is number, folder and participant; `0401, anger1` number and film."""


class Casme2(Folder):
    """Subjects `s15` ... with videos `15_0101disgustingteeth` ..."""

    how_to_get = (
        "It is licensed: request CAS(ME)^2 at http://casme.psych.ac.cn/casme/e3, then put the "
        "folder `rawpic` and CAS(ME)^2code_final.xlsx there, or set --data.root. "
        "To see everything work without it: make loso"
    )
    # Sources: the paper (22 subjects, 57 and 300 expressions); He et al., FG 2020 (98 videos).
    published_counts: Mapping[str, tuple[int, ...]] = {
        "micro": (57,),
        "macro": (300,),
        "folder_subjects": (22,),
        "folder_videos": (98,),
    }
    published_scores: tuple[Published, ...] = (
        Published("OF-FD", "", spotting=0.1965, source=OWN),
        Published("SOFTNet (Liong et al.)", "", spotting=0.1173, source=OWN),
        Published("3D-CNN (Yap et al.)", "", spotting=0.0714, source=OWN),
        Published("MEAN", "", 0.0809, 0.1214, None, 0.6667, source=OWN, rules=UNSCORED),
        Published("SP-FD", "", spotting=0.0547, source=OWN),
        Published("LSSNet", "", spotting=0.0420, source=OWN),
        Published("MESNet", "", spotting=0.0360, source=OWN),
        Published("MDMD (He et al.)", "", spotting=0.0082, source=OWN),
    )

    def __init__(self) -> None:
        words = {name: name for name in EMOTIONS}
        place = "CAS(ME)^2code_final.xlsx"
        super().__init__(
            FolderOptions("casme2", "rawpic/{subject}/{video}", place, fps=30.0, emotions=words)
        )

    def configured(self, settings: Mapping[str, Any]) -> Folder:  # noqa: ARG002
        """No setting changes a fact."""
        return self

    def annotations(self, root: Path, emotions: Emotions | None = None) -> Annotations:
        """Micro- and macro-expressions.

        Raises:
            LabelError: there is no such table, or a sheet or name in it is missing.
        """
        path, sheets = _label_file(root)
        scheme = emotions or self.emotions()
        table = _table(path, next(iter(sheets.values())))
        subjects = {participant: names for *names, participant in _rows(path, sheets, SUBJECTS, 3)}
        films = {film: number for number, film in _rows(path, sheets, FILMS, 2)}
        found: list[Expression] = []
        findings: list[Finding] = table.problems(("participant",), ("onset", "apex", "offset"))
        for row in table.rows:
            subject, video = self._names(root, path, row, subjects, films)
            kind, label = kind_of(row.text("kind")), row.text("emotion")
            if kind is None:
                findings.append(unknown_type(path, row, "kind", subject, video))
            elif kind == "macro" or not scheme.leaves_out(label):
                onset, offset = row.integer("onset") or 0, row.integer("offset") or 0
                emotion = scheme.class_of(label) if kind == "micro" else None
                apex = row.integer("apex") or None
                names = subject, video
                found.append(
                    Expression(*names, onset, apex, offset, kind, emotion, label, row.number)
                )
        found.sort(key=lambda e: e.kind != "micro")  # stable: row order stays
        files: dict[Kind, Path] = {"micro": path, "macro": path}
        return Annotations(self.name, tuple(found), len(table.rows), files, tuple(findings))

    def _names(
        self,
        root: Path,
        path: Path,
        row: Row,
        subjects: Mapping[str, list[str]],
        films: Mapping[str, str],
    ) -> VideoKey:
        """Folders of subject and video; how the video's begins where there is none."""
        try:
            number, subject = subjects[row.text("participant")]
            film = films[row.text("expression").rsplit("_", 1)[0]]
        except KeyError as error:
            msg = f"row {row.number}: {error.args[0]!r} is not in the sheets of the names"
            raise LabelError(path, msg) from error
        begin = f"{number}_{film.zfill(4)}"
        names = (video for s, video in self._paths(root) if s == subject)
        return subject, next((name for name in names if name.startswith(begin)), begin)


def _label_file(root: Path) -> tuple[Path, dict[str, Sheet]]:
    """The file with the sheets of names, by its contents, and its sheets by their names."""
    found: list[tuple[Path, dict[str, Sheet]]] = []
    damaged: list[LabelError] = []
    for path in sorted(filter(is_table_file, root.glob("*.xls*"))):
        try:
            with damage_named(path):
                sheets = {sheet.name: sheet for sheet in read_sheets(path)}
        except LabelError as error:
            damaged.append(error)
            continue
        if {SUBJECTS, FILMS} <= sheets.keys():
            found.append((path, sheets))
    if damaged and not found:
        raise damaged[0]
    if len(found) != 1:
        names = first_few([path.name for path, _ in found]) or "none"
        msg = f"expected one spreadsheet with the sheets {SUBJECTS!r} and {FILMS!r}, found {names}"
        raise LabelError(root, msg)
    return found[0]


def _rows(path: Path, sheets: Mapping[str, Sheet], name: str, width: int) -> Iterator[list[str]]:
    """Cells of a sheet of names, as text."""
    for number, cells in enumerate(sheets[name].rows, start=1):
        words = ["" if cell is None else str(cell).strip() for cell in cells][:width]
        if len(words) == width and all(words):
            yield words
        elif any(words):
            raise LabelError(path, f"sheet {name!r} row {number}: expected {width} names")


def _table(path: Path, sheet: Sheet) -> Table:
    """The sheet of the expressions, which has no header row."""
    rows = [
        Row(number, dict(zip(COLUMNS, cells, strict=False)), sheet.name)
        for number, cells in enumerate(sheet.rows, start=1)
        if any(cell is not None for cell in cells)
    ]
    return Table(path, sheet.name, COLUMNS, tuple(rows))


CASME2 = Casme2()
