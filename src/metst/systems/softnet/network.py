"""The network of SOFTNet (2021): three shallow streams and two linear layers.

Shapes: B images.
"""

from torch import Tensor, nn

from metst.network import keras

WIDTHS = (3, 5, 8)  # filters of the streams of u, v and strain
HIDDEN = 400


class Network(nn.Module):
    """Spotting score of flow images."""

    def __init__(self) -> None:
        super().__init__()
        self.streams = keras.Streams(keras.stream(width) for width in WIDTHS)
        self.head = nn.Sequential(
            *(nn.MaxPool2d(2), keras.Flatten(), nn.Linear(7 * 7 * sum(WIDTHS), HIDDEN)),
            *(nn.ReLU(), nn.Linear(HIDDEN, 1)),
        )
        keras.initialize(self)

    def forward(self, images: Tensor) -> Tensor:
        """Scores (B,), near 0 and 1 but unbounded, of images (B, 3, 42, 42)."""
        features = self.streams(images)  # (B, 3, 42, 42) -> (B, 16, 14, 14)
        score: Tensor = self.head(features).squeeze(1)  # (B, 1) -> (B,)
        return score
