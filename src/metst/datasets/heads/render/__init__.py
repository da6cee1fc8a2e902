"""From a head and what it does to pictures: kernels in the order of the pipeline.

Positions are float32 and every sum has a fixed order, so that all machines draw the same picture.
"""
