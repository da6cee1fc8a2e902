"""Whole protocols, from window outputs to scores."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest
import torch

from metst.base.errors import ConfigError, MetstError
from metst.datasets.labels.records import EMOTIONS, Expression, Recording, Timebase
from metst.features.windows import window_starts
from metst.intervals.decoder import DECODERS, Decoder, get_decoder
from metst.intervals.predictions import COLUMNS, proposed_table
from metst.intervals.stitching import Curves, WindowOutputs
from metst.intervals.synergy import STRATEGIES, Motion
from metst.scoring.protocols import DIFFERENCES, PROTOCOLS, get_protocol

K = 20
THREE = ("none", "recognition_first", "spotting_first")
"""Strategies that need nothing but the outputs of the network."""
TIMEBASE = Timebase(fps=200.0, skip=7)


def recording(
    subject: str, video: str, frames: int, onsets: Sequence[int], length: int = 10
) -> Recording:
    """A video with MEs at sub-sampled frames `onsets`, classes in turn."""
    expressions = tuple(
        Expression(
            subject,
            video,
            TIMEBASE.to_number(onset),
            TIMEBASE.to_number(onset + length // 2),
            TIMEBASE.to_number(onset + length),
            emotion=EMOTIONS[i % 4],
            label=EMOTIONS[i % 4],
        )
        for i, onset in enumerate(onsets)
    )
    return Recording(subject, video, frames, TIMEBASE, expressions)


RECORDINGS = (
    recording("006", "006_1", 173, [20, 70, 120]),
    recording("006", "006_2", 95, []),
    recording("006", "006_3", 140, [40, 100]),
)
OTHERS = (recording("007", "007_1", 200, [30, 90], length=16),)


def outputs_of(recordings: Sequence[Recording], seed: int = 0) -> WindowOutputs:
    """What a good but noisy network gives: high inside MEs, with their class."""
    generator = torch.Generator().manual_seed(seed)
    scores, logits, windows = [], [], []
    for r in recordings:
        score = 0.2 * torch.rand(r.frames, generator=generator)
        logit = torch.randn(r.frames, 5, generator=generator)
        logit[:, -1] += 1
        for e in r.micro:
            frames = slice(r.timebase.to_frame(e.onset), r.timebase.to_frame(e.offset) + 1)
            score[frames] += 0.7
            logit[frames, EMOTIONS.index(str(e.emotion))] += 4
        starts = window_starts(r.frames, K, tail=True)
        windows.append(len(starts))
        for start in starts.tolist():
            scores.append(score[start : start + K])
            logits.append(logit[start : start + K])
    return WindowOutputs(
        torch.stack(scores), torch.stack(logits), tuple(windows), tuple(recordings), K
    )


def decoded(
    decoder: Decoder,
    curves: Curves,
    recordings: Sequence[Recording],
    k_p: int,
    motion: Motion | None = None,
) -> pd.DataFrame:
    return proposed_table([decoder.propose(curves, recordings, k_p, motion)], EMOTIONS)


def table_of(
    name: str, recordings: Sequence[Recording] = RECORDINGS, batch_size: int = 8
) -> pd.DataFrame:
    decoder = get_decoder(name, k=K, batch_size=batch_size)
    curves = decoder.curves(outputs_of(recordings))
    return decoded(decoder, curves, recordings, k_p=5)


def perfect(recordings: Sequence[Recording]) -> pd.DataFrame:
    rows = [
        ("", r.subject, r.video, "micro", e.onset, e.apex, e.offset, e.emotion, 1.0)
        for r in recordings
        for e in r.micro
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def strategy_of(table: pd.DataFrame) -> pd.Series:
    return table["variant"].str.partition("/")[2]


@pytest.mark.parametrize("name", DECODERS)
def test_what_a_good_network_saw_is_found_and_named(name: str) -> None:
    scores = get_protocol(name).evaluate(table_of(name), RECORDINGS, "spotting_first")
    assert scores.recall >= 0.8
    assert scores.recognition.uf1 >= 0.8


@pytest.mark.parametrize("name", DECODERS)
def test_table_has_all_columns_and_strategies(name: str) -> None:
    table = table_of(name)
    assert tuple(table.columns)[: len(COLUMNS)] == COLUMNS
    assert set(table["variant"].str.partition("/")[0]) == {name}
    blocks = [
        block.drop(columns=["variant", "emotion"]) for _, block in table.groupby(strategy_of(table))
    ]
    assert set(strategy_of(table)) == set(THREE)
    for block in blocks[1:]:  # the strategies differ in their labels only
        assert block.reset_index(drop=True).equals(blocks[0].reset_index(drop=True))
    spotted = table[strategy_of(table) == "spotting_first"]
    assert "neutral" not in set(spotted["emotion"])
    probabilities = table[[f"p_{name}" for name in (*EMOTIONS, "neutral")]]
    assert probabilities.sum(axis=1).to_numpy() == pytest.approx(1.0)


def test_strict_does_not_depend_on_the_batch_size() -> None:
    assert table_of("strict", batch_size=1).equals(table_of("strict", batch_size=256))


def test_authors_depends_on_the_batch_size() -> None:
    curves = [
        get_decoder("authors", k=K, batch_size=b).curves(outputs_of(RECORDINGS)).score
        for b in (1, 256)
    ]
    assert not torch.equal(*curves)


def test_a_permutation_of_videos_changes_nothing_under_strict() -> None:
    scoring = get_protocol("strict")
    shuffled = RECORDINGS[::-1]
    a = scoring.evaluate(table_of("strict"), RECORDINGS, "spotting_first").as_dict()
    rows = table_of("strict").sample(frac=1.0, random_state=3)
    assert scoring.evaluate(rows, shuffled, "spotting_first").as_dict() == a


def test_a_permutation_of_subjects_changes_nothing() -> None:
    table = pd.concat([table_of("strict"), table_of("strict", OTHERS)], ignore_index=True)
    scoring = get_protocol("strict")
    there, back = ((*RECORDINGS, *OTHERS), (*OTHERS, *RECORDINGS))
    results = [scoring.evaluate(table, r, "recognition_first").as_dict() for r in (there, back)]
    assert results[0] == results[1]


def test_perfect_predictions_score_one_everywhere_under_strict() -> None:
    for synergy in STRATEGIES:
        scores = get_protocol("strict").evaluate(perfect(RECORDINGS), RECORDINGS, synergy).as_dict()
        assert (scores["spotting"]["fp"], scores["spotting"]["fn"]) == (0, 0)
        for part in ("spotting", "recognition", "recognition_all"):
            values = [v for k, v in scores[part].items() if k not in ("tp", "fp", "fn")]
            assert set(values) == {1.0}
        assert scores["strs"] == 1.0


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize("synergy", STRATEGIES)
def test_an_empty_table_scores_zero(name: str, synergy: str) -> None:
    scores = get_protocol(name).evaluate(perfect(RECORDINGS)[:0], RECORDINGS, synergy)
    assert (scores.f1, scores.strs, scores.precision, scores.recall) == (0.0, 0.0, 0.0, 0.0)
    assert scores.flags
    if name == "strict":
        assert scores.recognition.uf1 == scores.recognition.uar == scores.recognition_all.f1 == 0.0
        assert int(scores.counts.fn) == 5


def test_videos_without_mes_count_only_under_strict() -> None:
    rows = perfect(RECORDINGS)
    extra = rows.iloc[[0]].assign(video="006_2")
    table = pd.concat([rows, extra], ignore_index=True)
    counted = {
        name: int(get_protocol(name).evaluate(table, RECORDINGS, "none").counts.fp)
        for name in PROTOCOLS
    }
    assert counted == {"authors": 0, "strict": 1, "strs_metric": 0}


def test_a_video_without_candidates_is_a_false_positive_only_for_the_authors() -> None:
    rows = perfect(RECORDINGS)
    table = rows[rows["video"] != "006_3"]
    counted = {
        name: int(get_protocol(name).evaluate(table, RECORDINGS, "none").counts.fp)
        for name in PROTOCOLS
    }
    assert counted == {"authors": 1, "strict": 0, "strs_metric": 0}


def test_half_length_of_training_subjects_or_of_all() -> None:
    everyone = (*RECORDINGS, *OTHERS)
    authors, strict = (get_decoder(name, k=K, batch_size=8) for name in DECODERS)
    mean = (5 * 10 + 2 * 16) / 7
    assert {authors.half_length(everyone, s) for s in ("006", "007")} == {int((mean + 1) / 2)}
    assert strict.half_length(everyone, "006") == int((16 + 1) / 2)
    assert strict.half_length(everyone, "007") == int((10 + 1) / 2)
    with pytest.raises(MetstError, match="outside of subject 006"):
        strict.half_length(RECORDINGS, "006")


def test_strict_intervals_stay_inside_the_video() -> None:
    edge = (recording("006", "006_1", 60, [0, 50]),)
    table = table_of("strict", edge)
    assert (table["onset"] >= TIMEBASE.first).all()
    assert (table["offset"] <= TIMEBASE.to_number(59)).all()


@pytest.mark.parametrize("name", DECODERS)
def test_half_precision_outputs_agree_with_double(name: str) -> None:
    decoder = get_decoder(name, k=K, batch_size=8)
    low = outputs_of(RECORDINGS)
    low = replace(low, score=low.score.half(), logits=low.logits.half())
    high = replace(low, score=low.score.double(), logits=low.logits.double())
    tables = [decoded(decoder, decoder.curves(o), RECORDINGS, 5) for o in (low, high)]
    assert tables[0].equals(tables[1])


def test_motion_decides_per_candidate() -> None:
    decoder = get_decoder("strict", k=K, batch_size=8)
    curves = decoder.curves(outputs_of(RECORDINGS))
    still = torch.zeros_like(curves.score)
    tables = {
        threshold: proposed_table(
            [decoder.propose(curves, RECORDINGS, 5, Motion(still, threshold))], EMOTIONS
        )
        for threshold in (-1.0, 0.0)  # speed 0 exceeds the first: every candidate is noisy
    }
    for threshold, same_as in ((-1.0, "recognition_first"), (0.0, "spotting_first")):
        blocks = dict(iter(tables[threshold].groupby(strategy_of(tables[threshold]))))
        assert set(blocks) == set(STRATEGIES)
        emotions = blocks["per_candidate"]["emotion"].tolist()
        assert emotions == blocks[same_as]["emotion"].tolist()
    assert "neutral" in set(tables[-1.0]["emotion"])


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("name", DECODERS)
def test_on_a_gpu_as_on_the_cpu(name: str) -> None:
    decoder = get_decoder(name, k=K, batch_size=8)
    here = outputs_of(RECORDINGS)
    there = replace(here, score=here.score.cuda(), logits=here.logits.cuda())
    tables = [decoded(decoder, decoder.curves(o), RECORDINGS, 5) for o in (here, there)]
    pd.testing.assert_frame_equal(*tables, rtol=1e-9)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_an_unknown_video_is_named(name: str) -> None:
    table = perfect(RECORDINGS).assign(video="009_9")
    with pytest.raises(MetstError, match="006/009_9"):
        get_protocol(name).evaluate(table, RECORDINGS, "none")


def test_what_cannot_be_chosen_is_refused() -> None:
    with pytest.raises(ConfigError, match="strict"):
        get_decoder("strs_metric", k=K, batch_size=8)
    with pytest.raises(ConfigError, match="even k"):
        get_decoder("strict", k=7, batch_size=8)
    with pytest.raises(ConfigError, match="emotions"):
        get_protocol("strict", analyzed=("joy",))
    with pytest.raises(MetstError, match="strategy"):
        get_protocol("strict").evaluate(perfect(RECORDINGS), RECORDINGS, "both")
    with pytest.raises(MetstError, match="not per_candidate"):
        get_protocol("strict").evaluate(table_of("strict"), RECORDINGS, "per_candidate")
    decoder = get_decoder("strict", k=K, batch_size=8)
    with pytest.raises(ConfigError, match="k_p"):
        proposed_table(
            [decoder.propose(decoder.curves(outputs_of(RECORDINGS)), RECORDINGS, 0)], EMOTIONS
        )


def test_every_difference_says_both_sides_in_a_line() -> None:
    assert len({d.rule for d in DIFFERENCES}) == len(DIFFERENCES)
    for d in DIFFERENCES:
        assert d.authors != d.strict
        assert all("\n" not in text and len(text) < 100 for text in (d.rule, d.authors, d.strict))


@pytest.mark.parametrize("name", DECODERS)
def test_a_table_without_rows_has_the_types_of_others(name: str) -> None:
    short = (recording("006", "006_1", K - 1, [2]), recording("006", "006_2", 3, []))
    empty = table_of_nothing(name, short)
    assert len(empty) == 0
    assert empty.dtypes.equals(table_of(name).dtypes)
    assert pd.concat([empty, table_of(name)], ignore_index=True).equals(table_of(name))


def table_of_nothing(name: str, short: Sequence[Recording]) -> pd.DataFrame:
    decoder = get_decoder(name, k=K, batch_size=8)
    outputs = WindowOutputs(torch.zeros(0, K), torch.zeros(0, K, 5), (0, 0), tuple(short), K)
    return decoded(decoder, decoder.curves(outputs), short, k_p=5)
