"""The layers of AlexNet in torchvision's layout and names; written out, as nothing else needs it.

Shapes: B images, S pixels, E emotion classes.
"""

from torch import nn


class Network(nn.Sequential):
    """Emotion logits (B, E) of flow images (B, 3, S, S) with values 0..255, S at least 63.

    Args:
        emotions: E.
        dropout: rate in front of the first two linear layers.
    """

    def __init__(self, emotions: int, dropout: float) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *(nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)),
            *(nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)),
            *(nn.Conv2d(192, 384, 3, padding=1), nn.ReLU()),
            *(nn.Conv2d(384, 256, 3, padding=1), nn.ReLU()),
            *(nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2)),
        )
        self.avgpool = nn.Sequential(nn.AdaptiveAvgPool2d(6), nn.Flatten())  # (B, 9216)
        self.classifier = nn.Sequential(
            *(nn.Dropout(dropout), nn.Linear(256 * 6 * 6, 4096), nn.ReLU()),
            *(nn.Dropout(dropout), nn.Linear(4096, 4096), nn.ReLU()),
            nn.Linear(4096, emotions),
        )
