"""The network of MEAN (2023): a shallow trunk of three streams, and a head per task.

Shapes: B images, E emotion classes.
"""

from torch import Tensor, nn

from metst.network import keras
from metst.network.convolution import Convolution

WIDTHS = (3, 3, 8)  # filters of the streams of u, v and strain
HEAD = 8  # filters of a head


class Network(nn.Module):
    """Spotting score and emotion logits of flow images.

    Args:
        emotions: E; MEAN knows no neutral class.
        dropout: rates after each stream, and in front of a head's linear layer.
    """

    def __init__(self, emotions: int, dropout: tuple[float, float]) -> None:
        super().__init__()
        self.trunk = keras.Streams(
            keras.stream(width, keras.norm(width)).append(nn.Dropout(dropout[0]))
            for width in WIDTHS
        )
        self.spotting, self.recognition = _head(1, dropout[1]), _head(emotions, dropout[1])
        keras.initialize(self)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Scores (B,), near 0 and 1 but unbounded, and logits (B, E) of images (B, 3, 42, 42)."""
        features = self.trunk(images)  # (B, 3, 42, 42) -> (B, 14, 14, 14)
        return self.spotting(features).squeeze(1), self.recognition(features)


def _head(outputs: int, dropout: float) -> nn.Sequential:
    """(B, 14, 14, 14) -> (B, outputs)."""
    return nn.Sequential(
        *(Convolution(sum(WIDTHS), HEAD, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(keras.Flatten(), nn.Dropout(dropout), nn.Linear(7 * 7 * HEAD, outputs)),
    )
