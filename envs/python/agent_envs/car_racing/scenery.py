"""Ground, grass and road: which polygons are in view, and drawing them.

Of about 780 polygons some 50 are in view. Which ones is found for all at once, by the distance of
their centres from the middle of the view; only those are transformed, in one go, and drawn with the
same two ``gfxdraw`` calls as in Gymnasium, in the same order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from gymnasium.envs.box2d.car_racing import GRASS_DIM, MAX_SHAPE_DIM, PLAYFIELD, SCALE, WINDOW_H, WINDOW_W, ZOOM
from pygame.gfxdraw import aapolygon, filled_polygon

from agent_envs.car_racing.camera import WINDOW_RADIUS, Camera
from agent_envs.car_racing.canvas import VIEW_H, Canvas
from agent_envs.car_racing.status import STRIP_H

Color = tuple[int, int, int]

_VIEW_RADIUS = math.hypot(WINDOW_W, VIEW_H) / 2
_FIELD = np.array([(PLAYFIELD, PLAYFIELD), (PLAYFIELD, -PLAYFIELD), (-PLAYFIELD, -PLAYFIELD), (-PLAYFIELD, PLAYFIELD)])
_GRASS = [
    [
        (GRASS_DIM * x + GRASS_DIM, GRASS_DIM * y + 0),
        (GRASS_DIM * x + 0, GRASS_DIM * y + 0),
        (GRASS_DIM * x + 0, GRASS_DIM * y + GRASS_DIM),
        (GRASS_DIM * x + GRASS_DIM, GRASS_DIM * y + GRASS_DIM),
    ]
    for x in range(-20, 20, 2)
    for y in range(-20, 20, 2)
]


def as_color(color: Sequence[float] | np.ndarray) -> Color:
    """An RGB colour of any number type as whole numbers, truncated as the game truncates them."""
    return int(color[0]), int(color[1]), int(color[2])


class Scenery:
    """The polygons of one track. Grass squares come first, then the road in drawing order."""

    def __init__(self, road_poly: Sequence[tuple], ground: Color, grass: Color) -> None:
        """``road_poly``: the game's list of (four world points, colour)."""
        corners = np.array(_GRASS + [polygon for polygon, _ in road_poly], dtype=np.float64)
        self._x = np.ascontiguousarray(corners[:, :, 0])
        self._y = np.ascontiguousarray(corners[:, :, 1])
        self._centre_x = self._x.mean(axis=1)
        self._centre_y = self._y.mean(axis=1)
        reach = np.hypot(self._x - self._centre_x[:, None], self._y - self._centre_y[:, None]).max(axis=1)
        self._reach = reach
        self._ground = ground
        self._colors: list[Color] = [grass] * len(_GRASS) + [as_color(color) for _, color in road_poly]
        # The game leaves out a polygon without a vertex near the window. A polygon smaller than that
        # margin is then out of sight anyway; only a longer one needs the game's own test.
        self._needs_vertex_test = bool(2 * reach.max() * ZOOM * SCALE >= MAX_SHAPE_DIM + 2)

    def recolor_road(self, road_index: int, color: Color) -> None:
        """Change the colour of one entry of ``road_poly``."""
        self._colors[len(_GRASS) + road_index] = color

    def draw(self, canvas: Canvas, camera: Camera) -> None:
        """Draw everything that can be seen above the status strip; rows under it may stay stale."""
        self._draw_ground(canvas, camera)
        visible = self._near(camera)
        points = camera.to_window(self._x[visible], self._y[visible])
        pixels = points.astype(np.int32)  # truncation toward zero, as gfxdraw converts floats
        low = pixels.min(axis=1)
        high = pixels.max(axis=1)
        seen = (high[:, 0] >= -1) & (low[:, 0] <= WINDOW_W) & (high[:, 1] >= STRIP_H - 1) & (low[:, 1] <= WINDOW_H)
        if self._needs_vertex_test:
            seen &= _has_vertex_near_window(points)
        surface = canvas.window
        colors = self._colors
        for index, polygon in zip(visible[seen].tolist(), pixels[seen].tolist(), strict=True):
            color = colors[index]
            aapolygon(surface, polygon, color)
            filled_polygon(surface, polygon, color)

    def _near(self, camera: Camera) -> np.ndarray:
        """Indices, in drawing order, of the polygons whose circle meets the circle around the view."""
        x, y = camera.to_world(WINDOW_W / 2, STRIP_H + VIEW_H / 2)
        delta_x = self._centre_x - x
        delta_y = self._centre_y - y
        limit = self._reach + (_VIEW_RADIUS + 2) / camera.zoom
        return np.flatnonzero(delta_x * delta_x + delta_y * delta_y <= limit * limit)

    def _draw_ground(self, canvas: Canvas, camera: Camera) -> None:
        x, y = camera.to_world(WINDOW_W / 2, WINDOW_H / 2)
        margin = (WINDOW_RADIUS + 2) / camera.zoom
        if abs(x) + margin < PLAYFIELD and abs(y) + margin < PLAYFIELD:
            canvas.fill_view(self._ground)
            return
        canvas.fill_view((0, 0, 0))
        field = camera.to_window(_FIELD[:, 0], _FIELD[:, 1]).tolist()
        aapolygon(canvas.window, field, self._ground)
        filled_polygon(canvas.window, field, self._ground)


def _has_vertex_near_window(points: np.ndarray) -> np.ndarray:
    """The game's own clipping rule on window points (n, 4, 2)."""
    x, y = points[:, :, 0], points[:, :, 1]
    near_x = (x >= -MAX_SHAPE_DIM) & (x <= WINDOW_W + MAX_SHAPE_DIM)
    near_y = (y >= -MAX_SHAPE_DIM) & (y <= WINDOW_H + MAX_SHAPE_DIM)
    return (near_x & near_y).any(axis=1)
