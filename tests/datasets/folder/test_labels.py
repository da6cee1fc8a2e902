"""Labels of a folder of one's own: units, names, kinds, emotions, and what is wrong with them."""

import re
from functools import partial
from pathlib import Path
from unicodedata import normalize

import pytest

from metst.base.errors import ConfigError, DataError, LabelError
from metst.datasets.check.lint import check
from metst.datasets.folder.dataset import FOLDER, Folder
from metst.datasets.folder.labels import VideoNames
from metst.datasets.folder.options import CHOOSE, FolderOptions
from metst.datasets.labels.findings import Severity
from metst.datasets.labels.records import Expression
from tests.support.elan import EAF
from tests.support.folders import JPEG
from tests.support.videos import damaged, numbered, write_video

COLUMNS = {"video": "Clip", "onset": "Start", "apex": "Peak", "offset": "End"}
WORDS = {"disgust": "negative", "joy": "positive", "odd": None}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two folders of 100 images each: S01/a and S02/b."""
    for name in ("S01/a", "S02/b"):
        folder = tmp_path / "frames" / name
        folder.mkdir(parents=True)
        for number in range(100):
            (folder / f"{number}.jpg").write_bytes(JPEG)
    return tmp_path


def _folder(**changes: object) -> Folder:
    given = {"name": "own", "videos": "frames/{subject}/{video}", "labels": "labels.csv"}
    settings = {"fps": 25.0, "first": 0, "emotions": WORDS, **given, **changes}
    data = FOLDER.configured({"folder": settings})
    assert data.name == "own"
    return data


def _read(root: Path, text: str, **changes: object) -> tuple[Expression, ...]:
    (root / "labels.csv").write_text(text)
    return _folder(**changes).annotations(root).expressions


def test_numbers_seconds_and_clock_times_mean_the_same_frames(root: Path) -> None:
    frames = _read(root, "subject,video,onset,apex,offset,emotion\nS01,a,25,30,50,joy\n")
    expected = Expression("S01", "a", 25, 30, 50, "micro", "positive", "joy")
    assert frames == (expected,)
    columns = {**COLUMNS, "subject": "Who", "emotion": "What"}
    for unit, row in {
        "seconds": "s1,A,1.0,00:01.200,0:00:02,Joy",
        "milliseconds": "s1,A,1000,1200,2001,JOY",
    }.items():
        text = f"a preamble\n\nWho,Clip,Start,Peak,End,What\n{row}\n"
        (found,) = _read(root, text, unit=unit, columns=columns)
        assert (found.onset, found.apex, found.offset) == (25, 30, 50)
        assert (found.subject, found.video, found.emotion) == ("S01", "a", "positive")


@pytest.mark.parametrize("name", ["a", "frames\\S01\\a", "C:/old/a"])
def test_a_video_is_found_by_its_file_alone(root: Path, name: str) -> None:
    (found,) = _read(root, f"Clip,Start,Peak,End\n{name},1,2,3\n", columns=COLUMNS)
    assert (found.subject, found.video, found.emotion) == ("S01", "a", None)
    named = {**COLUMNS, "subject": "Who"}
    rows = f"Who,Clip,Start,Peak,End\ns1,{name},1,2,3\nS2,{name},1,2,3\n"
    own, other = _read(root, rows, columns=named)
    assert (own.subject, own.video) == ("S01", "a")
    assert (other.subject, other.video) == ("S2", name)


def test_kinds_and_emotions_are_mapped(root: Path) -> None:
    text = "subject,video,onset,offset,emotion,kind\n" + "".join(
        f"S01,a,{start},{start + 5},{emotion},{kind}\n"
        for start, emotion, kind in (
            *((10, "joy", "ME"), (20, "", "Macro"), (30, "odd", "ME"), (40, "", "lid")),
            *((50, "joy", "unsure"), (60, "joy", "thing"), (70, "", "micro")),
        )
    )
    kinds = {"ME": "micro", "lid": "blink", "unsure": None}
    (root / "labels.csv").write_text(text)
    found = _folder(kinds=kinds, emotions={**WORDS, "": "others"}).annotations(root)
    assert [(e.onset, e.kind, e.emotion) for e in found.expressions] == [
        *((10, "micro", "positive"), (70, "micro", "others")),
        *((20, "macro", None), (40, "blink", None)),
    ]
    assert [(f.code, f.row) for f in found.findings] == [("unknown-type", 7)]


def test_tiers_of_elan_files_are_labels(root: Path) -> None:
    (root / "S01_a.eaf").write_text(EAF)
    data = _folder(labels="{subject}_{video}.eaf", kinds={"ME": "micro"})
    found = data.annotations(root)
    assert [(e.subject, e.onset, e.offset, e.label) for e in found.expressions] == [
        ("S01", 25, 36, "disgust"),
        ("S01", 75, 79, ""),
    ]
    assert found.findings == ()  # other tiers are usual


def test_mistakes_are_findings_with_their_rows(root: Path) -> None:
    rows = ("S01,a,1,3,joy", "S09,a,1,3,joy", "S01,a,one,3,joy", "S02,b,90,120,glad", ",,,,")
    text = "subject,video,onset,offset,emotion\n" + "\n".join(rows)
    (root / "labels.csv").write_text(text)
    report = check(_folder(), root, images="names")
    found = {f.code: f.row for f in report.findings}
    assert found["no-folder"] == 3
    assert found["bad-number"] == 4
    assert found["unmapped-emotion"] == found["outside-video"] == 5
    assert report.exit_code == 2
    (root / "labels.csv").write_text(text.replace("one", "soon"))
    (finding,) = (f for f in _folder(unit="seconds").annotations(root).findings)
    assert (finding.row, finding.message) == (4, "onset is 'soon', not a time in seconds")
    assert finding.severity is Severity.ERROR  # metst loso refuses it


def test_decimal_commas_are_read(root: Path) -> None:
    text = "onset;apex;offset;video\n1,00;1,2;00:00:02,000;a\n"
    (found,) = _read(root, text, unit="seconds")
    assert (found.onset, found.apex, found.offset) == (25, 30, 50)
    rows = "onset;offset;video\n1000,0;1200,5;a\n1,000;2000;a\n"
    (root / "labels.csv").write_text(rows)
    read = _folder(unit="milliseconds").annotations(root)
    assert [(e.onset, e.offset) for e in read.expressions] == [(25, 30), (0, 50)]
    (finding,) = read.findings  # one or a thousand
    assert (finding.row, finding.code) == (3, "bad-time")


@pytest.mark.parametrize("field", ["subject", "apex", "emotion", "kind"])
def test_a_column_that_was_chosen_must_be_there(root: Path, field: str) -> None:
    text = "Who,Clip,Start,Peak,End,What,Type\nS01,a,1,2,3,joy,macro\n"
    columns = {**COLUMNS, "subject": "Who", "emotion": "What", "kind": "Type"}
    (found,) = _read(root, text, columns=columns)
    assert (found.apex, found.kind) == (2, "macro")
    with pytest.raises(LabelError, match=rf"'Typ_o', as data.folder.columns.{field} .*, peak, end"):
        _read(root, text, columns={**columns, field: "Typ_o"})


def test_words_are_equal_in_any_case_and_coding(root: Path) -> None:
    words = {"\u03a6\u03cc\u03b2\u03bf\u03c2": "negative", "Spa\u00df": "positive"}
    words["d\u00e9go\u00fbt"] = "surprise"
    head = "subject,video,onset,offset,E\u0301motion\n"
    given = [f(w) for w in words for f in (str.upper, str.lower, partial(normalize, "NFD"))]
    rows = "".join(f"S01,a,{10 * i},{10 * i + 5},{word}\n" for i, word in enumerate(given, 1))
    columns = {**COLUMNS, "onset": "onset", "offset": "offset", "video": "video", "apex": "apex"}
    columns["emotion"] = "\u00c9motion"
    found = _read(root, head + rows, columns=columns, emotions=words)
    assert [e.emotion for e in found] == [name for name in words.values() for _ in range(3)]
    name = "Rene\u0301"  # as macOS writes it
    names = VideoNames({(name, "a"): Path(f"{name}_a.mp4")})
    assert names.find("Ren\u00e9", "a") == (name, "a")


def test_codes_are_words(root: Path) -> None:
    text = "subject,video,onset,offset,emotion,kind\nS01,a,1,3,7,1\nS01,a,5,9,7,2\n"
    one, two = _read(root, text, kinds={1: "micro", 2: "macro"}, emotions={7: "negative"})
    assert (one.kind, one.emotion, two.kind) == ("micro", "negative", "macro")
    for wrong in (False, 1.5, None):
        with pytest.raises(ConfigError, match=r"data\.folder\.kinds: .*put it in quotes, got"):
            _folder(kinds={wrong: "micro"})


def test_a_tier_of_apexes_is_found_in_any_case(root: Path) -> None:
    tier = '<TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="'
    apex = re.sub(f'{tier}ME">', f'{tier}me Apex">', EAF[EAF.index(tier) : EAF.index("</TIER>")])
    apex = re.sub('ANNOTATION_ID="a', 'ANNOTATION_ID="x', apex) + "</TIER>"
    (root / "S01_a.eaf").write_text(EAF.replace(tier, apex + tier, 1))
    data = _folder(labels="{subject}_{video}.eaf", kinds={"ME": "micro"})
    assert [e.apex for e in data.annotations(root).expressions] == [25, 75]


def test_what_is_missing_is_named(root: Path) -> None:
    with pytest.raises(LabelError, match=r"no label file fits labels\.csv"):
        _folder().annotations(root)
    (root / "labels.csv").write_text("subject,video,onset,end\n")
    with pytest.raises(LabelError, match="columns video, onset, offset, found 0"):
        _folder().annotations(root)
    with pytest.raises(DataError, match="no video fits the pattern clips/"):
        _folder(videos="clips/{subject}_{video}.mp4").videos(root)
    with pytest.raises(DataError, match=r"give it as data\.folder\.fps"):
        _ = _folder(fps=None).timebase
    with pytest.raises(ConfigError, match="skipp is missing or unknown"):
        _folder(skipp=3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"fps": 0.0}, "above 0"),
        ({"fps": CHOOSE}, "your choice in its place"),
        ({"columns": {"start": "x"}}, "expected some of subject, video"),
        ({"columns": {"onset": CHOOSE}}, "your choice in its place"),
        ({"videos": "*.mp4"}, "a pattern with {subject}"),
        ({"videos": "/v/{subject}.mp4"}, "below the root"),
        ({"labels": "{video}.eaf"}, "a file, or a pattern with {subject}"),
        ({"emotions": {"joy": "happy"}}, "data.folder.emotions.joy: expected negative"),
        ({"kinds": {"ME": CHOOSE}}, "micro, macro, blink or null"),
        ({"unit": "hours"}, r"frames \| seconds \| milliseconds"),
        ({"first": -1}, "0 or more"),
        ({"skip": 0}, "1 or more"),
    ],
)
def test_impossible_descriptions_are_refused(changes: dict[str, object], message: str) -> None:
    given: dict[str, object] = {"name": "x", "videos": "{subject}.mp4", "labels": "x.csv"}
    with pytest.raises(ConfigError, match=message):
        FolderOptions(**{**given, **changes})  # type: ignore[arg-type]


def test_emotions_can_be_three_four_or_the_words_themselves() -> None:
    data = _folder(emotions={**WORDS, "": "others"})
    assert data.emotions(4).class_of("Joy") == "positive"
    assert data.emotions(4).leaves_out("odd")
    assert data.emotions(3).leaves_out("")
    assert data.emotions(7).classes == ("disgust", "joy")
    assert data.emotions(7).class_of("JOY") == "joy"


def test_films_are_read_by_number_or_by_time(tmp_path: Path) -> None:
    write_video(tmp_path / "S1_a.mp4", numbered(50), 50.0, "mjpeg")
    write_video(tmp_path / "S2_b.mp4", numbered(30), 30.0, "mjpeg")
    write_video(tmp_path / "S3_c.mp4", numbered(4), 30.0, "mjpeg", ticks=[0, 1, 2, 9])
    (tmp_path / "labels.csv").write_text("subject,video,onset,offset,emotion\nS1,a,1,3,joy\n")
    given = {"videos": "{subject}_{video}.mp4", "fps": None, "skip": 2}
    frames = {"a": (25, 49), "b": (25, 30), "c": (8, 4)}
    for unit in ("frames", "seconds"):
        settings = {"name": "own", "labels": "labels.csv", "unit": unit, **given}
        data = FOLDER.configured({"folder": settings, "root": tmp_path})
        assert data.timebase.sampled_fps == 25.0
        for subject, video in data.videos(tmp_path):
            found = data.frames(tmp_path, subject, video)
            assert (len(found), int(found[-1].name)) == frames[video], (unit, video)
        report = check(data, tmp_path)
        wrong = {f.video for f in report.findings if f.code == "frame-rate"}
        assert wrong == ({"b", "c"} if unit == "frames" else set())
        odd = {f.video for f in report.findings if f.code == "odd-video"}
        assert odd == {"c"}


def test_a_damaged_film_is_a_finding(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "S1_a.mp4", numbered(50), 25.0, "mjpeg").read_bytes()
    (tmp_path / "S2_b.mp4").write_bytes(whole[: len(whole) // 2])
    write_video(tmp_path / "S3_c.avi", numbered(50), 25.0, "mjpeg")
    cut = (tmp_path / "S3_c.avi").read_bytes()
    (tmp_path / "S3_c.avi").write_bytes(cut[: len(cut) * 2 // 3])
    (tmp_path / "labels.csv").write_text("subject,video,onset,offset,emotion\nS3,c,45,49,joy\n")
    data = _folder(videos="{subject}_{video}.*", first=1)
    found = {(f.code, f.video) for f in check(data, tmp_path).findings}
    assert {("no-images", "b"), ("odd-video", "c"), ("outside-video", "c")} <= found
    assert data.frames(tmp_path, "S1", "a")[-1].name == "50"


def test_decoding_finds_the_frames_that_a_film_lacks(tmp_path: Path) -> None:
    film = write_video(tmp_path / "S1_a.mp4", numbered(50), 25.0, "mjpeg")
    damaged(film, range(21, 24))
    (tmp_path / "labels.csv").write_text("subject,video,onset,offset,emotion\nS1,a,5,9,joy\n")
    data = _folder(videos="{subject}_{video}.mp4", first=1)
    assert check(data, tmp_path, images="ends").exit_code == 0
    found = [f for f in check(data, tmp_path, images="decode").findings if f.code == "bad-image"]
    assert [f.frames for f in found] == [(n, n) for n in range(21, 24)]
