"""MEAN: the published network, both stages of its training, and the frozen trunk."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lightning.pytorch import Trainer
from torch import Tensor
from torch.utils.data import DataLoader

from metst.base.errors import ConfigError
from metst.systems.mean import MEAN
from tests.support import image_systems, parity
from tests.support.image_systems import close, parameters, trained

HEADS = {"conv2d_3": "spotting.0", "spot": "spotting.5"}
HEADS |= {"conv2d_4": "recognition.0", "recog": "recognition.5"}
PLACES = HEADS | {
    f"{layer}{end}": f"trunk.{stream}.{place}"
    for stream, end in enumerate(("", "_1", "_2"))
    for layer, place in (("conv2d", 0), ("batch_normalization", 2))
}
EACH = pytest.mark.parametrize("path", parity.each("systems/flow/net_mean*.npz"))


def published(path: Path, emotions: int = 3, **arguments: Any) -> MEAN:  # noqa: ANN401
    system = MEAN(emotions, dropout=(0, 0), **arguments)
    weights = image_systems.weights(path.parent, f"mean_c{emotions}")
    system.network.load_state_dict(image_systems.from_keras(weights, PLACES), strict=False)
    return system.eval()


@EACH
def test_published_outputs(path: Path) -> None:
    file = np.load(path)
    x = image_systems.images(file["x"])
    for emotions in (3, 4):
        outputs = published(path, emotions).test_step((x,), 0)
        close(outputs["score"], file[f"spot_c{emotions}"], 1e-5)
        close(outputs["logits"].softmax(1), file[f"recog_c{emotions}"], 1e-5)
    trunk = published(path).network.trunk(x[:2])
    close(trunk.permute(0, 2, 3, 1), file["trunk_c3"], 1e-5)


@EACH
def test_published_first_stage(path: Path) -> None:
    file, system = np.load(path), published(path)
    x = image_systems.images(file["x"])
    loss = trained(system, (x, torch.from_numpy(file["y_spot"])))["loss"]
    np.testing.assert_allclose(loss, file["stage1_loss"], atol=1e-4)
    close(system(x)[0], file["stage1_spot_after_4_steps"], 1e-4)
    kernel, norm = system.network.trunk[0][0].weight, system.network.trunk[0][2]
    close(kernel.permute(2, 3, 1, 0), file["stage1_conv_u_kernel_after"], 1e-4)
    state = torch.stack([norm.weight, norm.bias, norm.running_mean, norm.running_var])
    close(state, file["stage1_bn_u_after"], 1e-4)


@EACH
@pytest.mark.parametrize(("quirk", "prefix"), [(False, "stage2"), (True, "stage2_batchstat")])
def test_published_second_stage(path: Path, quirk: bool, prefix: str) -> None:
    file, system = np.load(path), published(path, spotting_epochs=0, batch_statistics=quirk)
    x = image_systems.images(file["x"])
    loss = trained(system, (x, torch.from_numpy(file["y_emotion"])))["loss"]
    np.testing.assert_allclose(loss, file[f"{prefix}_loss"], atol=1e-4)
    close(system(x)[1].softmax(1), file[f"{prefix}_recog_after_4_steps"], 1e-4)


@pytest.mark.parametrize(("emotions", "count"), [(3, 7580), (4, 7973), (5, 8366), (7, 9152)])
def test_published_numbers_of_parameters(emotions: int, count: int) -> None:
    network = MEAN(emotions).network
    assert parameters(network) == count
    assert parameters(network.trunk) + parameters(network.spotting) == 3593


@pytest.mark.parametrize(("spotting", "target"), [(9, torch.ones(4)), (0, torch.arange(4))])
def test_each_stage_learns(spotting: int, target: Tensor) -> None:
    batch = image_systems.random(4, 3, 42, 42), target
    image_systems.learns(lambda: MEAN(spotting_epochs=spotting), *batch)


class Alone(MEAN):
    """Trained without a fold."""

    states: list[dict[str, Tensor]]

    def setup(self, stage: str) -> None:  # noqa: ARG002
        self.states = []

    def on_train_epoch_start(self) -> None:
        self.states.append({name: x.clone() for name, x in self.state_dict().items()})

    def train_dataloader(self) -> DataLoader[Any]:
        spotting = self.current_epoch < self.spotting_epochs
        target = torch.ones(4) if spotting else torch.tensor([0, 1, 2, 0])
        pairs: Any = list(zip(image_systems.random(4, 3, 42, 42), target, strict=True))
        return DataLoader(pairs, batch_size=2)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_second_stage_moves_its_head_alone() -> None:
    system = Alone(3, spotting_epochs=1)
    quiet = dict.fromkeys(("logger", "enable_checkpointing", "enable_progress_bar"), False)
    trainer = Trainer(
        accelerator="cpu",
        max_epochs=2,
        reload_dataloaders_every_n_epochs=1,
        enable_model_summary=False,
        **quiet,
    )
    trainer.fit(system)
    (start, middle), end = system.states, system.state_dict()
    for name in end:
        head = ".recognition." in name
        assert torch.equal(start[name], middle[name]) == head or "num_batches" in name, name
        assert torch.equal(middle[name], end[name]) != head, name
    moments = trainer.optimizers[0].state
    assert {float(moments[p]["step"]) for p in system.parameters()} == {2}  # of 4 batches


@pytest.mark.parametrize("wrong", [{"lr": 0}, {"dropout": (0.3, 1)}, {"spotting_epochs": -1}])
def test_what_cannot_learn_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=rf"model\.{next(iter(wrong))}: expected"):
        MEAN(**wrong)
