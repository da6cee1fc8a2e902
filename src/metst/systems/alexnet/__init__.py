"""A stand-in for AlexNet as a recognizer."""

from metst.systems.alexnet.module import AlexNet

__all__ = ["AlexNet"]
