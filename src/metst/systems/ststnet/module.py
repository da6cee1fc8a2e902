"""STSTNet as a LightningModule."""

from metst.systems.checks import check_rates
from metst.systems.image_recognizer import ImageRecognizer
from metst.systems.spotter import Spotter
from metst.systems.ststnet.network import Network


class STSTNet(ImageRecognizer):
    """Shallow triple stream three-dimensional network (2019; code without a licence).

    Published UF1 and UAR of 3 classes, composite of 68 subjects: .7353 and .7605 (SMIC .6801 and
    .7013, CASME II .8382 and .8686, SAMM .6588 and .6810), of the PyTorch code .7209 and .7250;
    CAS(ME)^3 .3795 and .3792. A port of the code with the same outputs is under Apache-2.0.

    Images (B, 3, 28, 28): strain, v and u, each scaled to 0..255, in this order (`flow_ststnet`).
    Published: batches of 256 in one order for all 800 epochs (the paper: 500), the last one is
    used. The padding is the PyTorch code's; the paper's is "same", with the same pooled sizes, and
    the Matlab code also subtracts the mean of the training images.

    Args:
        spotter: whose intervals are named.
        emotions: number of classes; there is no neutral one.
        lr: learning rate of Adam.
        dropout: rate after each of the three convolutions.

    Raises:
        ConfigError: a number that nothing can be learned with.
    """

    def __init__(
        self, spotter: Spotter, emotions: int = 4, lr: float = 5e-5, dropout: float = 0.5
    ) -> None:
        check_rates(lr, dropout)
        super().__init__(spotter, Network(emotions, dropout), emotions, lr)
