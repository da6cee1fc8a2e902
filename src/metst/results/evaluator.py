"""The report of the public STRS evaluator (genbing99/STRS-Metric), key by key."""

from metst.scoring.metrics.scores import Scores


def evaluator_report(scores: Scores) -> dict[str, float]:
    """Scores under the evaluator's own names, its peculiarities included.

    Its FN of the analysis repeats the FP; without any TP, where it stops with a KeyError, every
    value of the analysis is 0.

    Args:
        scores: from the scoring `strs_metric`.
    """
    rows = [scores.emotions.index(name) for name in scores.analyzed]
    confusion = scores.counts.confusion[rows]  # (analyzed, E+1)
    correct = int(sum(confusion[i, c] for i, c in enumerate(rows)))
    wrong = int(confusion[:, rows].sum()) - correct
    recognition = scores.recognition
    return {
        "STRS": scores.strs,
        "TP spotting": int(scores.counts.tp),
        "FP spotting": int(scores.counts.fp),
        "FN spotting": int(scores.counts.fn),
        "Precision spotting": scores.precision,
        "Recall spotting": scores.recall,
        "F1-score spotting": scores.f1,
        "TP analysis": correct,
        "FP analysis": wrong,
        "FN analysis": wrong,
        "Precision analysis": recognition.precision,
        "Recall analysis": recognition.recall,
        "F1-score analysis": recognition.f1 if scores.counts.tp else 0.0,
        "UF1 analysis": recognition.uf1,
        "UAR analysis": recognition.uar,
    }
