"""Dual-Inception as a LightningModule."""

import torch

from metst.network import keras
from metst.systems.checks import check_rates
from metst.systems.dual_inception.network import Network
from metst.systems.image_recognizer import ImageRecognizer
from metst.systems.spotter import Spotter


class DualInception(ImageRecognizer):
    """Dual-Inception network: the documented relative of FeatRef (2022), by its first author.

    FeatRef itself cannot be built from what is published, and its scores are not this system's.

    Images (B, 2, 28, 28): u and v, each scaled to 0..255. The network reads each as a grey picture
    of three equal channels, which gives the published number of parameters. Published: batches of
    3, 40 epochs, the weights of the epoch that is best on validation subjects; here there are none,
    and the last epoch is used. Initialization and epsilon of Adam are Keras', an assumption.

    Args:
        spotter: whose intervals are named.
        emotions: number of classes; there is no neutral one.
        lr: learning rate of Adam.

    Raises:
        ConfigError: a number that nothing can be learned with.
    """

    def __init__(self, spotter: Spotter, emotions: int = 4, lr: float = 1e-4) -> None:
        check_rates(lr)
        super().__init__(spotter, Network(emotions), emotions, lr)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam."""
        return keras.Adam(self.parameters(), self.lr)
