"""The 68 points of the iBUG scheme as vertices of the base mesh.

They lie where dlib's predictor finds them on average over 60 heads at rest, made symmetric; inner
lips belong to the lip that they move with. So errors against them are errors of motion and noise:
where exactly a brow ends is a matter of definition.
"""

from typing import Final

LANDMARKS: Final = (
    *(2547, 2354, 2510, 869, 735, 737, 2077, 914, 732, 3413, 4533, 3254, 3252, 3371, 4957, 4801),
    *(4994, 1731, 2041, 229, 223, 228, 2798, 2794, 2799, 4499, 4202, 132, 135, 164, 294, 334, 313),
    *(317, 2873, 2893, 1788, 1081, 1099, 72, 1794, 1792, 2653, 3588, 3570, 4256, 4260, 4262, 1694),
    *(2133, 450, 466, 3007, 4585, 4165, 3032, 3038, 492, 486, 480, 536, 472, 474, 3025, 3078),
    *(3061, 493, 517),
)
"""Vertex of each point, in dlib's order."""
