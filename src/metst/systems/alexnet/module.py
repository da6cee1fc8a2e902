"""The stand-in for AlexNet as a LightningModule."""

from metst.systems.alexnet.network import Network
from metst.systems.checks import check_rates
from metst.systems.image_recognizer import ImageRecognizer
from metst.systems.spotter import Spotter


class AlexNet(ImageRecognizer):
    """AlexNet from scratch on flow images: a stand-in for a baseline whose training is unpublished.

    Published UF1 and UAR on CAS(ME)^3: .3001 and .2982 of 4 classes, .1773 and .1829 of 7; on the
    MEGC2019 composite .6933 and .7154 with images of 227 pixels.

    Images (B, 3, 224, 224): strain, v and u, each scaled to 0..255, in this order (`flow_ststnet`
    at 224 pixels). What the published network was given is not known: for CAS(ME)^3 there is a
    script for RGB-D images of onset and apex, but no training code. Optimizer, batches of 256 and
    800 epochs are those of HTNet's script. 57 million parameters.

    Args:
        spotter: whose intervals are named.
        emotions: number of classes; there is no neutral one.
        lr: learning rate of Adam.
        dropout: rate in front of the first two linear layers.

    Raises:
        ConfigError: a number that nothing can be learned with.
    """

    def __init__(
        self, spotter: Spotter, emotions: int = 4, lr: float = 5e-5, dropout: float = 0.5
    ) -> None:
        check_rates(lr, dropout)
        super().__init__(spotter, Network(emotions, dropout), emotions, lr)
