"""Faces and landmarks by MediaPipe's networks, in place of dlib."""

from metst.video.mesh.detector import MeshDetector

__all__ = ["MeshDetector"]
