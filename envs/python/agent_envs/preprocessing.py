"""The exact way from an emulator's RGB frame to a network's input, as data.

A ``Preprocessing`` is written beside the weights as JSON and followed to the bit by ``src/expert``; the steps of the
experts
trained here are integer arithmetic on uint8, so there is nothing to round differently. The float steps are for
imported ones.

    frame uint8[height, width, 3]
      -> steps, in the order listed (crop, gray, resize)        uint8[h, w] or uint8[h, w, 3]
      -> the last ``stack`` frames, oldest first                uint8[stack * channels, h, w]
      -> float32(value) * scale                                 float32, the first layer's input

Observations of an imported policy may be normalised by running statistics before the scale (``Normalization``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from agent_envs.area_resize import area_resize

Frame = NDArray[np.uint8]


@dataclass(frozen=True)
class Crop:
    """Keep rows top..top+height and columns left..left+width."""

    top: int
    left: int
    height: int
    width: int
    op: Literal["crop"] = "crop"

    def apply(self, frame: Frame) -> Frame:
        return frame[self.top : self.top + self.height, self.left : self.left + self.width]


@dataclass(frozen=True)
class Gray:
    """gray = (red * w0 + green * w1 + blue * w2 + rounding) >> shift, in 32-bit integers."""

    weights: tuple[int, int, int] = (77, 150, 29)
    shift: int = 8
    rounding: int = 0
    op: Literal["gray"] = "gray"

    def apply(self, frame: Frame) -> Frame:
        red, green, blue = (frame[..., c].astype(np.uint32) * self.weights[c] for c in range(3))
        return ((red + green + blue + np.uint32(self.rounding)) >> self.shift).astype(np.uint8)


@dataclass(frozen=True)
class GrayFloat:
    """gray = trunc(red * w0 + green * w1 + blue * w2) in float64, added from left to right: Gymnasium's
    GrayscaleObservation.
    """

    weights: tuple[float, float, float] = (0.2125, 0.7154, 0.0721)
    op: Literal["gray-float"] = "gray-float"

    def apply(self, frame: Frame) -> Frame:
        red, green, blue = (frame[..., c] * np.float64(self.weights[c]) for c in range(3))
        return (red + green + blue).astype(np.uint8)


@dataclass(frozen=True)
class BoxResize:
    """Mean of blocks of rows x columns pixels: (sum + floor(n / 2)) / n, the division rounded down, n = rows *
    columns.
    """

    rows: int
    columns: int
    op: Literal["box"] = "box"

    def apply(self, frame: Frame) -> Frame:
        height, width = frame.shape[0] // self.rows, frame.shape[1] // self.columns
        used = frame[: height * self.rows, : width * self.columns].astype(np.uint16)
        total = used[0 :: self.rows]
        for row in range(1, self.rows):
            total = total + used[row :: self.rows]
        block = total[:, 0 :: self.columns]
        for column in range(1, self.columns):
            block = block + total[:, column :: self.columns]
        count = self.rows * self.columns
        return ((block + np.uint16(count // 2)) // np.uint16(count)).astype(np.uint8)


@dataclass(frozen=True)
class AreaResize:
    """OpenCV's INTER_AREA shrinking to height x width, for imported policies (see ``area_resize``)."""

    height: int
    width: int
    op: Literal["area"] = "area"

    def apply(self, frame: Frame) -> Frame:
        return area_resize(frame, self.height, self.width)


Step = Crop | Gray | GrayFloat | BoxResize | AreaResize
_STEPS: dict[str, type] = {"crop": Crop, "gray": Gray, "gray-float": GrayFloat, "box": BoxResize, "area": AreaResize}


@dataclass(frozen=True)
class Normalization:
    """Stable-Baselines3's VecNormalize: clip((value - mean) / sqrt(variance + epsilon), -clip, clip) in float64.

    The package's tensors ``observation.mean`` and ``observation.variance`` are float64, channels first. ``of`` says
    whether each frame is normalised (the zeros before the first stay zeros) or the stack of all.
    """

    of: Literal["frame", "stack"]
    epsilon: float
    clip: float


@dataclass(frozen=True)
class Preprocessing:
    """Frame steps, stack, normalisation and scale of one policy."""

    input_shape: tuple[int, int, int]
    steps: tuple[Step, ...]
    stack: int
    reset: Literal["repeat-first", "zeros"] = "repeat-first"
    scale: float = 1 / 255
    order: Literal["oldest-first"] = field(default="oldest-first")
    normalize: Normalization | None = None

    def frame(self, rgb: Frame) -> Frame:
        """One frame uint8[height, width, 3] to uint8[channels, h, w]."""
        if rgb.shape != self.input_shape or rgb.dtype != np.uint8:
            raise ValueError(f"frame: expected uint8{self.input_shape}, got {rgb.dtype}{rgb.shape}")
        out = rgb
        for step in self.steps:
            out = step.apply(out)
        return out[None] if out.ndim == 2 else np.ascontiguousarray(out.transpose(2, 0, 1))

    @property
    def frame_shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of one preprocessed frame."""
        return tuple(self.frame(np.zeros(self.input_shape, np.uint8)).shape)  # type: ignore[return-value]

    @property
    def observation_shape(self) -> tuple[int, int, int]:
        """(stack * channels, height, width): what the network sees."""
        channels, height, width = self.frame_shape
        return self.stack * channels, height, width

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}

    @staticmethod
    def from_json(data: dict[str, Any]) -> Preprocessing:
        fields = dict(data)
        steps = []
        for entry in fields.pop("steps"):
            kind = _STEPS.get(entry.get("op"))
            if kind is None:
                raise ValueError(f"preprocessing step: expected one of {sorted(_STEPS)}, got {entry.get('op')!r}")
            steps.append(kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}))
        rule = fields.pop("normalize", None)
        return Preprocessing(
            input_shape=tuple(fields.pop("input_shape")),
            steps=tuple(steps),
            normalize=Normalization(**rule) if rule else None,
            **fields,
        )


class FrameStack:
    """The last ``stack`` preprocessed frames of one episode, oldest first."""

    def __init__(self, preprocessing: Preprocessing) -> None:
        self.preprocessing = preprocessing
        self.channels = preprocessing.frame_shape[0]
        self.frames = np.zeros(preprocessing.observation_shape, np.uint8)

    def reset(self, rgb: Frame) -> Frame:
        """Start an episode; returns uint8[stack * channels, h, w], owned by the caller."""
        first = self.preprocessing.frame(rgb)
        self.frames[:] = 0
        if self.preprocessing.reset == "repeat-first":
            self.frames.reshape(-1, *first.shape)[:] = first
        else:
            self.frames[-self.channels :] = first
        return self.frames.copy()

    def push(self, rgb: Frame) -> Frame:
        """Add the newest frame; returns uint8[stack * channels, h, w], owned by the caller."""
        self.frames = np.concatenate([self.frames[self.channels :], self.preprocessing.frame(rgb)])
        return self.frames.copy()
