"""The recordings of a data set with their features: from the videos, the store, or the release."""

import difflib
import hashlib
import logging
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol

from metst.base.errors import ConfigError, DataError, LabelError, VideoError
from metst.base.executors import Executor
from metst.base.names import natural_key
from metst.datasets.base import DataSet, EmotionCount
from metst.datasets.check.labels import label_findings
from metst.datasets.check.names import name_findings
from metst.datasets.check.rows import name_fault
from metst.datasets.check.suppress import keep_wanted
from metst.datasets.labels import Recording
from metst.datasets.labels import authors as authors_rules
from metst.datasets.labels.annotations import Annotations, VideoKey, subject_key
from metst.datasets.labels.findings import Finding, Severity
from metst.features.extract import NO_FEATURES, VideoJob, extract_videos
from metst.features.feature import Feature, RateDependent
from metst.features.released import import_features, release_of
from metst.features.store import Entry, FeatureSpec, FeatureStore, fingerprint
from metst.video import FrameList, images_only

_log = logging.getLogger(__name__)

Features = Literal["auto", "extracted", "released"]
"""Features extracted here, those that the authors released, or whichever of the two is there."""


class Source:
    """Recordings of one data set with their features in a store.

    Args:
        dataset: what data set it is.
        root: its folder.
        stores: folder of the feature stores, one folder per data set inside.
        feature: what is measured.
        suppress: findings that somebody has seen and accepts, see
            `metst.datasets.check.lint.check`.
        without: subjects that are taken for absent, as if their folders and label rows were not
            there: to choose settings inside the training subjects of a fold.
        features: which features are read. `auto` takes what was extracted here; where neither the
            videos nor features of them are there, it takes the authors' released features.
        emotions: number of emotion classes of the task.

    Raises:
        ConfigError: the data set has no scheme of so many classes, there are no released
            features in place of `feature`, or `feature` needs a frame rate that is not known.
    """

    def __init__(
        self,
        dataset: DataSet,
        root: Path,
        stores: Path,
        feature: Feature,
        suppress: Sequence[str] = (),
        without: Sequence[str] = (),
        features: Features = "auto",
        emotions: EmotionCount = 4,
    ) -> None:
        if isinstance(feature, RateDependent):
            feature = feature.at(dataset.timebase.sampled_fps)
        self.dataset, self.root, self.feature = dataset, root, feature
        self.store = FeatureStore(stores / dataset.name)
        self.suppress, self.without = tuple(suppress), tuple(without)
        self.features, self.emotion_count = features, emotions
        self.emotions = dataset.emotions(emotions)
        if features == "released":
            self._require_release()

    # What there is

    def locate(self) -> None:
        """Look for the videos or their features; a data set that can be made is made.

        Raises:
            DataError: neither is there.
            ConfigError: `without` names subjects that are not there.
        """
        self.dataset.prepare(self.root)
        if not (self._has_videos or self._stored):
            raise self._missing()
        self._check_without(self._found)
        if not self._has_videos:
            kind = "the authors'" if self._released else "extracted"
            _log.info(
                "%s: %s features of %d videos from the store; the videos are not looked at",
                *(self.dataset.name, kind, len(self._stored)),
            )

    def videos(self) -> tuple[VideoKey, ...]:
        """Every video that is there, in the order of folds and windows.

        Raises:
            DataError: two subjects or videos have one name, or one that is not UTF-8.
        """
        return self._keys

    def select(self, videos: Sequence[VideoKey]) -> None:
        """Take all other videos for absent from now on."""
        self._keys = tuple(videos)

    def recordings(self) -> tuple[Recording, ...]:
        """Every recording with features, in fold and video order."""
        return self._recordings

    def subjects(self) -> tuple[str, ...]:
        """The folds: subjects in natural order."""
        return tuple(dict.fromkeys(r.subject for r in self._recordings))

    def analyzed(self) -> tuple[str, ...]:
        """Classes whose recognition is averaged in the data set's published scores."""
        return self.dataset.analyzed(self.emotion_count)

    def label_errors(self) -> tuple[Finding, ...]:
        """Errors in the labels of micro-expressions; findings in `suppress` are left out."""
        timebase = self.dataset.timebase
        findings = label_findings(self._annotations, self._keys, self._recordings, timebase)
        absent = {subject_key(name) for name in self.without}
        return tuple(
            f
            for f in keep_wanted(findings, self.suppress)
            if f.severity is Severity.ERROR and subject_key(f.subject or "") not in absent
        )

    def identity(self) -> dict[str, str]:
        """Digests of everything that results follow from: features and labels of each video."""
        return {
            f"{part} of {r.subject}/{r.video}": digest
            for r in self._recordings
            for part, digest in (
                ("features", self.store.checksum(self.spec, r.subject, r.video)),
                ("labels", hashlib.sha256(repr(r).encode()).hexdigest()),
            )
        }

    # What it holds

    @cached_property
    def spec(self) -> FeatureSpec:
        """The features that are read."""
        return self._require_release() if self._released else self.feature.spec

    def read(self, recording: Recording) -> Entry:
        """Features of a recording.

        Raises:
            CacheError: there are none, or they are damaged.
        """
        return self.store.read(self.spec, recording.subject, recording.video)

    def frames(self, subject: str, video: str) -> list[Path]:
        """Image file of each sub-sampled frame of a video; `VideoError` where there is none."""
        return self.dataset.frames(self.root, subject, video)

    # How the store is filled

    def extract(self, executor: Executor) -> tuple[str, ...]:
        """Fill the store with what is missing from it; nothing to do without videos.

        Returns:
            Messages about damage: images that were replaced by a neighbor, videos that are left
            out. Findings in `suppress` are not reported again.

        Raises:
            DataError: no video at all could be measured.
        """
        if not self._has_videos:
            return ()
        jobs, nameless = self._jobs()
        done = extract_videos(jobs, self.feature, self.store, executor)
        for left_out in nameless:  # features of an earlier extraction, of other names
            self.store.forget(self.spec, str(left_out.subject), str(left_out.video))
        failed = [*nameless, *done.failed]
        if len(failed) == len(self._keys):
            first = f": {failed[0]}" if failed else ""
            msg = f"none of {len(self._keys)} videos could be measured{first}"
            raise DataError(self._videos_folder, msg)
        findings = keep_wanted([*nameless, *done.findings], self.suppress)
        return tuple(str(f) for f in findings if f.severity is Severity.ERROR)

    def explain(self) -> dict[VideoKey, str | None]:
        """Why each video would be extracted, as text; None for those with valid features."""
        if not self._has_videos:
            return dict.fromkeys(self._stored)
        return {
            (job.subject, job.video): self.store.explain(
                self.spec, job.subject, job.video, fingerprint(job.frames)
            )
            for job in self._jobs()[0]
        }

    def import_release(self, path: Path, without: Sequence[str] = ()) -> int:
        """Put the authors' released features into the store; returns the number of videos.

        Args:
            path: folder of the pickles, or a single one.
            without: videos that the tables name and the release lacks, as `SUBJECT/VIDEO`.

        Raises:
            ReleaseError: the features do not fit the label tables.
            ConfigError: `without` names a video that the tables do not have, or there are no
                released features in place of `feature`.
        """
        spec = self._require_release()
        videos = {f"{r.subject}/{r.video}": r for r in self._released_recordings()}
        for name in without:
            if videos.pop(name, None) is None:
                msg = f"without: expected a video with micro-expressions, got {name!r}"
                raise ConfigError(msg)
        count = import_features(path, tuple(videos.values()), spec.parameters["k"], self.store)
        imported = {(r.subject, r.video) for r in videos.values()}
        for subject, video in set(self.store.videos(spec)) - imported:
            self.store.forget(spec, subject, video)  # of an earlier import, by other label tables
        return count

    # How it is done

    @property
    def _videos_folder(self) -> Path:
        return self.dataset.videos_folder(self.root)

    def _require_release(self) -> FeatureSpec:
        spec = release_of(self.feature)
        if spec is None:
            msg = f"features: the authors released no {self.feature.spec.name} of this kind"
            raise ConfigError(msg)
        return spec

    @cached_property
    def _released(self) -> bool:
        if self.features != "auto" or self._videos_folder.is_dir():
            return self.features == "released"
        return release_of(self.feature) is not None and not self.store.videos(self.feature.spec)

    @property
    def _has_videos(self) -> bool:
        """Whether features are made from videos."""
        return not self._released and self._videos_folder.is_dir()

    @cached_property
    def _keys(self) -> tuple[VideoKey, ...]:
        keys = self._found
        for finding in name_findings(keys):
            if finding.severity is Severity.ERROR:
                raise DataError(self._videos_folder, str(finding))
            for unwanted in keep_wanted([finding], self.suppress):
                _log.warning("%s", unwanted)
        self._check_without(keys)
        return tuple(key for key in keys if key[0] not in self.without)

    @property
    def _found(self) -> tuple[VideoKey, ...]:
        """Every video that is there, also of subjects that are taken for absent."""
        return in_order(self.dataset.videos(self.root)) if self._has_videos else self._stored

    @property
    def _stored(self) -> tuple[VideoKey, ...]:
        """Videos whose features are in the store."""
        return in_order(self.store.videos(self.spec))

    def _check_without(self, keys: Sequence[VideoKey]) -> None:
        there = list(dict.fromkeys(subject for subject, _ in keys))
        for name in self.without:
            if name not in there:
                near = " or ".join(difflib.get_close_matches(name, there)) or ", ".join(there)
                msg = f"data.without: no subject {name!r} in {self.dataset.name}; there is {near}"
                raise ConfigError(msg)
        if self.without and len(set(there) - set(self.without)) < 2:
            msg = f"data.without: of {len(there)} subjects, two have to stay"
            raise ConfigError(msg)

    @cached_property
    def _annotations(self) -> Annotations:
        return self.dataset.annotations(self.root, self.emotions)

    @cached_property
    def _recordings(self) -> tuple[Recording, ...]:
        expressions = self._annotations.by_video(self._keys)
        stored, timebase = set(self._stored), self.dataset.timebase
        # The store knows the number of frames: no fold lists a million images again.
        return tuple(
            Recording(s, v, self.store.frames(self.spec, s, v), timebase, expressions[s, v])
            for s, v in self._keys
            if (s, v) in stored
        )

    def _jobs(self) -> tuple[list[VideoJob], list[Finding]]:
        """Videos to extract, and those without usable image names."""
        jobs: list[VideoJob] = []
        nameless: list[Finding] = []
        for subject, video in self._keys:
            try:
                frames = self.frames(subject, video)
                remarks = frames.remarks if isinstance(frames, FrameList) else ()
                jobs.append(VideoJob(subject, video, images_only(frames), remarks))
            except VideoError as error:
                nameless.append(Finding(NO_FEATURES, str(error), subject=subject, video=video))
        return jobs, nameless

    def _released_recordings(self) -> list[Recording]:
        """Videos that the release holds, in its order: those with samples by the authors' rules."""
        annotations = self.dataset.annotations(self.root)
        micro = annotations.of_kind("micro")
        for e in micro:
            if fault := name_fault(e):  # the names become folders of the store
                raise LabelError(annotations.files.get("micro", self.root), f"row {e.row}: {fault}")
        tables = {(e.subject, e.video) for e in micro}
        keys = in_order(self.dataset.videos(self.root) if self._videos_folder.is_dir() else tables)
        return authors_rules.kept(
            Recording(s, v, 0, self.dataset.timebase, expressions)
            for (s, v), expressions in annotations.by_video(keys).items()
        )

    def _missing(self) -> DataError:
        name = self.dataset.name
        if self.features == "released":
            msg = (
                f"the authors' released features of {name} ({self.spec.label}) are expected in "
                "this store and are missing; import them: metst extract --config "
                f"experiments/{name}.yaml --from-release DIR"
            )
            return DataError(self.store.folder, msg)
        msg = f"{name} is expected here and is missing. {self.dataset.how_to_get}"
        return DataError(self._videos_folder, msg)


class SourceData(Protocol):
    """A data module over a source."""

    source: Source


def in_order(videos: Iterable[VideoKey]) -> tuple[VideoKey, ...]:
    """Videos by subject, then by name, both in natural order: the order of the release, too."""
    return tuple(sorted(videos, key=lambda key: [natural_key(name) for name in key]))
