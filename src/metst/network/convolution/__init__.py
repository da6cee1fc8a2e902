"""Convolutions of small images with few channels, for the networks on flow images."""

from metst.network.convolution.layer import Convolution

__all__ = ["Convolution"]
