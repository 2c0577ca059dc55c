"""The car: Gymnasium's dynamics in plain floats, and its outline for all fixtures at once.

``Car.step`` there works on NumPy scalars (``np.sign``, ``np.square``, ``np.sqrt`` of one number) and
asks Box2D twice for what one call tells. Here the same doubles go through ``math``; IEEE square
roots, products and sums are the same bits either way.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pygame
from gymnasium.envs.box2d.car_dynamics import (
    ENGINE_POWER,
    FRICTION_LIMIT,
    SIZE,
    WHEEL_MOMENT_OF_INERTIA,
    WHEEL_R,
    WHEEL_W,
    WHEEL_WHITE,
    Car,
)

from agent_envs.car_racing.camera import Camera

_BRAKE_FORCE = 15  # radians per second
_FORCE_SCALE = 205000 * SIZE * SIZE
_WHITE_X = np.array([-WHEEL_W * SIZE, +WHEEL_W * SIZE, +WHEEL_W * SIZE, -WHEEL_W * SIZE], np.float32)


class FastCar(Car):
    """Gymnasium's car, bit for bit, at a third of the time per step."""

    def __init__(self, world: Any, init_angle: float, init_x: float, init_y: float) -> None:
        super().__init__(world, init_angle, init_x, init_y)
        self._outline = _Outline(self)

    def gas(self, gas: float) -> None:
        gas = min(max(float(gas), 0.0), 1.0)
        for wheel in self.wheels[2:4]:
            wheel.gas += min(gas - wheel.gas, 0.1)  # rises gradually, stops at once

    def brake(self, b: float) -> None:
        super().brake(float(b))

    def steer(self, s: float) -> None:
        super().steer(float(s))

    def step(self, dt: float) -> None:
        for wheel in self.wheels:
            _steer(wheel)
            grass = not wheel.tiles
            friction_limit = FRICTION_LIMIT * 0.6
            for tile in wheel.tiles:
                friction_limit = max(friction_limit, FRICTION_LIMIT * tile.road_friction)

            forward = wheel.GetWorldVector((0, 1))
            forward_x, forward_y = forward.x, forward.y
            side_x, side_y = forward_y, -forward_x  # the other axis of the same rotation
            velocity = wheel.linearVelocity
            velocity_x, velocity_y = velocity.x, velocity.y
            forward_speed = forward_x * velocity_x + forward_y * velocity_y
            side_speed = side_x * velocity_x + side_y * velocity_y

            wheel.omega += dt * ENGINE_POWER * wheel.gas / WHEEL_MOMENT_OF_INERTIA / (abs(wheel.omega) + 5.0)
            self.fuel_spent += dt * ENGINE_POWER * wheel.gas
            _brake(wheel)
            wheel.phase += wheel.omega * dt

            forward_force = -forward_speed + wheel.omega * wheel.wheel_rad
            side_force = -side_speed
            forward_force *= _FORCE_SCALE
            side_force *= _FORCE_SCALE
            force = math.sqrt(forward_force * forward_force + side_force * side_force)

            if force > 2.0 * friction_limit:
                self._skid(wheel, grass)
            else:
                wheel.skid_start = None
                wheel.skid_particle = None

            if force > friction_limit:
                forward_force /= force
                side_force /= force
                forward_force *= friction_limit
                side_force *= friction_limit

            wheel.omega -= dt * forward_force * wheel.wheel_rad / WHEEL_MOMENT_OF_INERTIA
            wheel.ApplyForceToCenter(
                (side_force * side_x + forward_force * forward_x, side_force * side_y + forward_force * forward_y),
                True,
            )

    def _skid(self, wheel: Any, grass: bool) -> None:
        particle = wheel.skid_particle
        if particle and particle.grass == grass and len(particle.poly) < 30:
            particle.poly.append((wheel.position[0], wheel.position[1]))
        elif wheel.skid_start is None:
            wheel.skid_start = wheel.position
        else:
            wheel.skid_particle = self._create_particle(wheel.skid_start, wheel.position, grass)
            wheel.skid_start = None

    def draw_trails(self, surface: pygame.Surface, camera: Camera) -> None:
        """Draw the skid marks, which only frames for people show."""
        for particle in self.particles:
            x, y = np.array(particle.poly, np.float64).T
            points = camera.to_window(x, y).tolist()
            pygame.draw.lines(surface, color=particle.color, points=points, width=2, closed=False)

    def draw_body(self, surface: pygame.Surface, camera: Camera) -> None:
        """Draw wheels and hull."""
        for color, points in self._outline.polygons(camera):
            pygame.draw.polygon(surface, color, points)


def _steer(wheel: Any) -> None:
    joint = wheel.joint
    difference = wheel.steer - joint.angle
    speed = min(50.0 * abs(difference), 3.0)
    joint.motorSpeed = speed if difference >= 0 else -speed


def _brake(wheel: Any) -> None:
    if wheel.brake >= 0.9:
        wheel.omega = 0
    elif wheel.brake > 0:
        change = min(_BRAKE_FORCE * wheel.brake, abs(wheel.omega))
        wheel.omega += -change if wheel.omega > 0 else change


class _Outline:
    """All vertices of a car: first those of the fixtures, then four per wheel for its white mark.

    Vertices are turned by their body in single precision, as Box2D does, and then by the camera.
    """

    def __init__(self, car: FastCar) -> None:
        self._bodies = [*car.wheels, car.hull]
        self._wheels = car.wheels
        fixtures = [(body, fixture.shape.vertices) for body in range(5) for fixture in self._bodies[body].fixtures]
        self._body_of = np.array([body for body, vertices in fixtures for _ in vertices] + sorted([0, 1, 2, 3] * 4))
        local = [vertex for _, vertices in fixtures for vertex in vertices]
        self._local = np.zeros((2, len(self._body_of)), np.float32)
        self._local[:, : len(local)] = np.array(local, np.float32).T
        self._marks = len(local)
        self._local[0, self._marks :] = np.tile(_WHITE_X, 4)
        self._parts = []
        start = 0
        for body, vertices in fixtures:
            color = tuple(int(c * 255) for c in self._bodies[body].color)
            self._parts.append((body, color, slice(start, start + len(vertices))))
            start += len(vertices)

    def polygons(self, camera: Camera) -> list[tuple[tuple[int, ...], list[list[float]]]]:
        """Colour and window points of each polygon in drawing order."""
        marked = self._place_marks()
        pose = np.array([_pose(body) for body in self._bodies], np.float32).T[:, self._body_of]
        x, y, cos, sin = pose
        local_x, local_y = self._local
        world_x = (cos * local_x - sin * local_y) + x
        world_y = (sin * local_x + cos * local_y) + y
        points = camera.to_window(world_x.astype(np.float64), world_y.astype(np.float64)).tolist()
        polygons = []
        for body, color, part in self._parts:
            polygons.append((color, points[part]))
            if body < 4 and marked[body]:
                start = self._marks + 4 * body
                polygons.append((WHEEL_WHITE, points[start : start + 4]))
        return polygons

    def _place_marks(self) -> list[bool]:
        """Put each wheel's white mark where the wheel's phase has it; say which can be seen."""
        marked = []
        along = []
        for wheel in self._wheels:
            start, end = wheel.phase, wheel.phase + 1.2  # radians
            sin_start, sin_end = math.sin(start), math.sin(end)
            cos_start, cos_end = math.cos(start), math.cos(end)
            marked.append(not (sin_start > 0 and sin_end > 0))
            if sin_start > 0:
                cos_start = _sign(cos_start)
            if sin_end > 0:
                cos_end = _sign(cos_end)
            near, far = +WHEEL_R * cos_start * SIZE, +WHEEL_R * cos_end * SIZE
            along += [near, near, far, far]
        self._local[1, self._marks :] = along
        return marked


def _pose(body: Any) -> tuple[float, float, float, float]:
    """Position and rotation (cosine, sine) of a body, exactly as Box2D holds them."""
    position = body.position
    axis = body.GetWorldVector((1, 0))
    return position.x, position.y, axis.x, axis.y


def _sign(value: float) -> float:
    return 0.0 if value == 0 else math.copysign(1.0, value)
