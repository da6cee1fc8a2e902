"""Frames of videos: which files of a folder they are, how an image is read, one at a time."""

from metst.video.folder import (
    IMAGE_SUFFIXES,
    FrameFiles,
    FrameList,
    FrameNamesError,
    Remark,
    frame_files,
    frame_number,
    images_only,
    nth_frames,
    numbered_frames,
)
from metst.video.images import Frame, look, read_color, read_grey
from metst.video.sources import ArrayFrames, FrameSource, ImageFolder, RepairedFrames

__all__ = [
    "IMAGE_SUFFIXES",
    "ArrayFrames",
    "Frame",
    "FrameFiles",
    "FrameList",
    "FrameNamesError",
    "FrameSource",
    "ImageFolder",
    "Remark",
    "RepairedFrames",
    "frame_files",
    "frame_number",
    "images_only",
    "look",
    "nth_frames",
    "numbered_frames",
    "read_color",
    "read_grey",
]
