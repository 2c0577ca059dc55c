"""OpenCV's INTER_AREA shrinking, written out: the resize kernel of the rl-zoo3 policies.

Each output pixel is the mean of the input pixels that its cell covers, weighted by the covered length in each
direction. Weights are float32; rows are accumulated after columns; the result is rounded half to even.
Equal to ``cv2.resize(..., interpolation=cv2.INTER_AREA)`` up to one unit in rare ties of the float32 sums (the test
measures it).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


@lru_cache(maxsize=32)
def area_weights(size_in: int, size_out: int) -> NDArray[np.float32]:
    """float32[size_out, size_in]: share of each input cell in each output cell; rows sum to 1."""
    if size_out > size_in:
        raise ValueError(f"area resize: expected to shrink, got {size_in} -> {size_out}")
    scale = size_in / size_out
    weights = np.zeros((size_out, size_in), np.float32)
    for out in range(size_out):
        start, stop = out * scale, min((out + 1) * scale, size_in)
        for cell in range(int(np.floor(start)), int(np.ceil(stop - 1e-9))):
            weights[out, cell] = (min(stop, cell + 1) - max(start, cell)) / (stop - start)
    return weights


def area_resize(frame: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """uint8[h, w] or uint8[h, w, c] to uint8[height, width(, c)]."""
    rows, columns = area_weights(frame.shape[0], height), area_weights(frame.shape[1], width)
    planes = frame[..., None] if frame.ndim == 2 else frame
    values = np.einsum("oi,hic->hoc", columns, planes.astype(np.float32))
    values = np.einsum("oh,hwc->owc", rows, values)
    result = np.rint(values).clip(0, 255).astype(np.uint8)
    return result[..., 0] if frame.ndim == 2 else result
