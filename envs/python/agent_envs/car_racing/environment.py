"""``FastCarRacing``: Gymnasium's CarRacing with its drawing and dynamics replaced by faster equals.

Adapted from ``gymnasium.envs.box2d.car_racing`` (Farama Foundation, MIT licence), whose rules,
constants and track generation it inherits.
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.envs.box2d.car_racing import FPS, PLAYFIELD, CarRacing
from gymnasium.error import InvalidAction

from agent_envs.car_racing.camera import Camera
from agent_envs.car_racing.canvas import CANVAS
from agent_envs.car_racing.car import FastCar
from agent_envs.car_racing.contacts import TileContacts
from agent_envs.car_racing.scenery import Scenery, as_color


class FastCarRacing(CarRacing):
    """CarRacing-v3 with equal observations, frames, rewards, flags and info, several times faster.

    Takes the arguments of ``gymnasium.envs.box2d.CarRacing``. See the package's header for
    ``drawing`` and ``draw_observation``, by which a frame skip leaves out drawing.
    """

    drawing: bool = True
    """While ``False``, ``step`` returns a copy of the observation drawn last instead of drawing a new one."""

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        gym.Env.reset(self, seed=seed)
        self._destroy()
        self.world.contactListener_bug_workaround = TileContacts(self, self.lap_complete_percent)
        self.world.contactListener = self.world.contactListener_bug_workaround
        self.reward = 0.0
        self.prev_reward = 0.0
        self.tile_visited_count = 0
        self.t = 0.0
        self.new_lap = False
        self.road_poly = []

        if self.domain_randomize:
            self._reinit_colors(options.get("randomize", True) if isinstance(options, dict) else True)

        while not self._create_track():
            if self.verbose:
                print("retry to generate track (normal if there are not many instances of this message)")
        self._build_scenery()
        self.car = FastCar(self.world, *self.track[0][1:4])

        if self.render_mode == "human":
            self.render()
        self._advance()
        return self.draw_observation(), {}

    def step(self, action: np.ndarray | int | None) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        assert self.car is not None
        if action is not None:
            self._control(action)
        self._advance()
        observation = self.draw_observation() if self.drawing else self.state.copy()

        step_reward: float = 0
        terminated = False
        info: dict[str, Any] = {}
        if action is not None:
            self.reward -= 0.1
            self.car.fuel_spent = 0.0
            step_reward = self.reward - self.prev_reward
            self.prev_reward = self.reward
            if self.tile_visited_count == len(self.track) or self.new_lap:
                terminated = True
                info["lap_finished"] = True
            x, y = self.car.hull.position
            if abs(x) > PLAYFIELD or abs(y) > PLAYFIELD:
                terminated = True
                info["lap_finished"] = False
                step_reward = -100

        if self.render_mode == "human":
            self.render()
        return observation, step_reward, terminated, False, info

    def draw_observation(self) -> np.ndarray:
        """Draw and return the observation of the present state, (96, 96, 3) of uint8."""
        self._draw_world(trails=False)
        # The game draws before it subtracts the price of the frame, so it shows that score.
        observation = CANVAS.observation(self.car, self._score_at_drawing)
        self.state = self._draw_as_gymnasium() if observation is None else observation
        return self.state

    def tile_touched(self, tile: Any) -> None:
        """A contact began or ended on a tile: it has the plain road colour from now on."""
        self._scenery.recolor_road(self._road_index[tile.idx], self._plain_road)

    def _control(self, action: np.ndarray | int) -> None:
        if self.continuous:
            steer, gas, brake = action.astype(np.float64).tolist()
        else:
            known = isinstance(action, int | np.integer) and 0 <= action < 5
            if not known and not self.action_space.contains(action):
                raise InvalidAction(
                    f"you passed the invalid action `{action}`. The supported action_space is `{self.action_space}`"
                )
            action = int(action)
            steer = 0.6 * (action == 1) - 0.6 * (action == 2)
            gas = 0.2 * (action == 3)
            brake = 0.8 * (action == 4)
        self.car.steer(-steer)
        self.car.gas(gas)
        self.car.brake(brake)

    def _advance(self) -> None:
        """One physics frame."""
        self.car.step(1.0 / FPS)
        self.world.Step(1.0 / FPS, 6 * 30, 2 * 30)
        self.t += 1.0 / FPS
        self._score_at_drawing = self.reward

    def _build_scenery(self) -> None:
        self._plain_road = as_color(self.road_color)
        self._scenery = Scenery(self.road_poly, as_color(self.bg_color), as_color(self.grass_color))
        colors = {id(color): index for index, (_, color) in enumerate(self.road_poly)}
        self._road_index = [colors[id(tile.color)] for tile in self.road]

    def _render(self, mode: str) -> np.ndarray | bool | None:
        if mode == "rgb_array" and "t" in self.__dict__:
            self._draw_world(trails=True)
            frame = CANVAS.video_frame(self.car, self.reward)
            if frame is not None:
                return frame
        return super()._render(mode)

    def _draw_world(self, trails: bool) -> None:
        """Draw the present state on the canvas, with the skid marks where ``trails`` asks for them."""
        car = self.car
        x, y = car.hull.position
        camera = Camera.following(x, y, car.hull.angle, self.t)
        self._scenery.draw(CANVAS, camera)
        if trails:
            car.draw_trails(CANVAS.window, camera)
        car.draw_body(CANVAS.window, camera)

    def _draw_as_gymnasium(self) -> np.ndarray:
        reward, self.reward = self.reward, self._score_at_drawing
        try:
            return super()._render("state_pixels")
        finally:
            self.reward = reward
