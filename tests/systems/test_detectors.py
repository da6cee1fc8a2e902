"""LSSNet and LGSNet: the published networks, losses, candidates and what is left of them."""

import json
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from metst.intervals.suppression import fused, suppressed
from metst.network.detection import Boxes, Outputs, candidates, detection_loss, pooled
from metst.network.detection.targets import anchor_targets, free_targets
from metst.systems.detector import DetectorSystem
from metst.systems.lgsnet import LGSNet, LGSNetFlow
from metst.systems.lssnet import LSSNet, LSSNetFlow
from tests.support import detectors, parity
from tests.support.image_systems import close, learns, parameters, random

RECIPES = pytest.mark.parametrize("path", parity.each("systems/spot/l[sg]snet_*_recipe.json"))
FILES = pytest.mark.parametrize("path", parity.each("systems/spot/l[sg]snet*_detect*.npz"))
WBF_LEAST = {"cas": 0.37, "cas3": 0.37, "samm": 0.36}


def beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name[: len("lssnet")] + ending)


def prefixes(file: np.lib.npyio.NpzFile) -> list[str]:
    return [name.removesuffix("_boxes") for name in file.files if name.endswith("_boxes")]


def test_a_grid_that_a_test_made_first_serves_training() -> None:
    geometry = detectors.design_of("lgsnet", "cas_10").geometry
    with torch.inference_mode():
        made = geometry.grid.__wrapped__(geometry)  # type: ignore[attr-defined]  # not cached
    assert not any(x.is_inference() for x in made if isinstance(x, torch.Tensor))


@RECIPES
def test_published_outputs(path: Path) -> None:
    network, x = detectors.published(path)
    file, tag = np.load(beside(path, "_forward.npz")), path.stem.removesuffix("_recipe")
    with torch.inference_mode():
        found = network(x)
    anchors = torch.cat([found.anchor_class, found.anchor_place], -1)
    close(found.free_class, file[f"{tag}_af_cls"], 1e-5)
    close(found.free_place, file[f"{tag}_af_reg"], 1e-5)
    close(anchors, file[f"{tag}_ab"], 1e-5)
    facts = json.loads(beside(path, ".json").read_text())
    assert parameters(network) == facts["parameters"][tag]


@RECIPES
def test_published_gradients(path: Path) -> None:
    tag, facts = path.stem.removesuffix("_recipe"), json.loads(beside(path, ".json").read_text())
    if tag not in facts["gradient"]:
        pytest.skip("no gradients of this network are known")
    wanted, family = facts["gradient"][tag], tag[: len("lssnet")]
    network, x = detectors.published(path)
    design = detectors.design_of(family, wanted["boxes_from"])
    boxes = detectors.boxes(
        np.load(beside(path, "_detect.npz")), wanted["boxes_from"], windows=len(x)
    )
    loss = sum(detection_loss(network(x), boxes, design.geometry.grid(), design.loss))
    assert float(loss.detach()) == pytest.approx(wanted["loss"], rel=1e-5)  # type: ignore[union-attr]
    loss.backward()  # type: ignore[union-attr]
    gradients = {name: p.grad for name, p in network.named_parameters()}
    for name, norm in wanted["norms"].items():
        gradient = gradients[detectors.renamed(name, family)]
        found = 0.0 if gradient is None else float(gradient.norm())
        assert found == pytest.approx(norm or 0.0, rel=1e-4, abs=1e-7), name


@FILES
def test_published_targets_and_losses(path: Path) -> None:
    file, facts = np.load(path), json.loads(beside(path, ".json").read_text())
    for prefix in prefixes(file):
        design = detectors.design_of(path.name[: len("lssnet")], prefix)
        boxes, grid = detectors.boxes(file, prefix), design.geometry.grid()
        free, anchors = free_targets(boxes, grid), anchor_targets(boxes, grid)
        close(free.label, file[f"{prefix}_target_af_label"], 0)
        positive = (free.label > 0)[..., None]
        close(free.place * positive, file[f"{prefix}_target_af_lr"] * positive.numpy(), 1e-5)
        for name, values in (
            ("match_iou", anchors.overlap),
            ("match_label", anchors.label),
            ("match_centre", anchors.box[..., 0]),
            ("match_width", anchors.box[..., 1]),
            ("anchor_centre", grid.anchors[:, 0]),
            ("anchor_width", grid.anchors[:, 1]),
        ):
            close(values, file[f"{prefix}_{name}"], 1e-5)
        outputs, leaves = detectors.outputs(file, prefix)
        losses = detection_loss(outputs, boxes, grid, design.loss)
        for loss, wanted in zip(losses, facts["loss"][prefix].values(), strict=True):
            assert float(loss) == pytest.approx(wanted, rel=1e-5)
        torch.stack(losses).sum().backward()
        for leaf, name in zip(leaves, ("af_cls", "af_reg", "ab"), strict=True):
            assert leaf.grad is not None
            close(leaf.grad, file[f"{prefix}_grad_{name}"], 1e-5)


@FILES
def test_published_candidates_and_what_is_left_of_them(path: Path) -> None:
    file, facts = np.load(path), json.loads(beside(path, ".json").read_text())
    family = path.name[: len("lssnet")]
    for prefix in prefixes(file):
        design = detectors.design_of(family, prefix)
        grid, rules = design.geometry.grid(), design.reduction
        outputs, _ = detectors.outputs(file, f"{prefix}_dec")
        found = candidates(outputs, grid)
        starts = torch.from_numpy(file[f"{prefix}_dec_start"])
        for video, windows in (("v0", slice(0, 4)), ("v1", slice(4, 6))):
            of_video = file[f"{prefix}_cand_{video}"]
            close(pooled(found[windows], starts[windows], len(grid.anchors)), of_video, 1e-4)
            left = facts["decode"][prefix][video]
            for kind in ("per_class", "agnostic"):
                if kind in left:
                    by_class = kind == "per_class"
                    kept = suppressed(
                        torch.from_numpy(of_video), rules.overlap, rules.top, by_class=by_class
                    )
                    close(kept[:, : 3 + by_class], np.array(left[kind]), 1e-3)
            if "wbf" in left:
                least = WBF_LEAST[prefix]
                kept = fused(torch.from_numpy(of_video), least, rules.overlap, lone=True)
                close(kept[:, :3], np.array(left["wbf"]), 1e-3)


@pytest.mark.parametrize(
    ("make", "count"),
    [
        (partial(LSSNet, "casme2"), 23_098_392),
        (partial(LSSNet, "samm"), 33_062_936),
        (partial(LGSNet, "casme3"), 30_463_594),
        (partial(LSSNetFlow, 10), 747_288),
        (partial(LSSNetFlow, 36), 777_240),
        (partial(LGSNetFlow, 10), 90_250),
        (partial(LGSNetFlow, 36), 97_738),
    ],
)
def test_sizes(make: Callable[[], DetectorSystem], count: int) -> None:
    with torch.device("meta"):
        assert parameters(make()) == count


@pytest.mark.parametrize("cold", [False, True])
def test_the_learning_rate_rises_and_falls(cold: bool) -> None:
    system = LGSNetFlow(lr=1.0, cold_start=cold)
    system.trainer = SimpleNamespace(max_epochs=30)  # type: ignore[assignment]
    made: Any = system.configure_optimizers()
    factor = made["lr_scheduler"]["scheduler"].lr_lambdas[0]
    rising = [0, 0.2, 0.4, 0.6, 0.8, 1] if cold else [0.2, 0.4, 0.6, 0.8, 1, 1]
    assert [factor(epoch) for epoch in range(6)] == pytest.approx(rising)
    assert factor(15) == pytest.approx((math.cos(math.pi * 10 / 25) + 1) / 2)
    assert factor(29) < 0.005


@pytest.mark.parametrize("system", [LSSNetFlow, LGSNetFlow])
def test_learning(system: type[LSSNetFlow]) -> None:
    place = torch.tensor([[[20.0, 33.0], [60.0, 100.0]], [[50.0, 62.0], [0.0, 0.0]]])
    label = torch.tensor([[2, 1], [0, -1]])

    class Alone(system):  # type: ignore[misc, valid-type]
        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), self.lr)

    learns(Alone, random(2, 10, 64), place, label)


def test_nothing_annotated_has_finite_losses() -> None:
    design = detectors.design_of("lgsnet", "cas")
    grid = design.geometry.grid()
    outputs = Outputs(*(torch.zeros(1, n, 2) for n in (30, 30, 150, 150)))
    boxes = Boxes(torch.zeros(1, 1, 2), torch.full((1, 1), -1))
    losses = detection_loss(outputs, boxes, grid, design.loss)
    assert all(bool(loss.isfinite()) for loss in losses)
    assert float(losses.free_place) == float(losses.anchor_place) == 0
