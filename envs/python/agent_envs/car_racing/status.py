"""The status strip under the view: score, speed, wheel sensors, steering, gyroscope."""

from __future__ import annotations

import math
from functools import lru_cache

import pygame
from gymnasium.envs.box2d.car_dynamics import Car
from gymnasium.envs.box2d.car_racing import WINDOW_H, WINDOW_W

from agent_envs.car_racing.canvas import STRIP_H, VIEW_H

_S = WINDOW_W / 40.0
_H = WINDOW_H / 40.0
_WHITE = (255, 255, 255)
_BLUE = (0, 0, 255)
_VIOLET = (51, 0, 255)
_GREEN = (0, 255, 0)
_RED = (255, 0, 0)
_HIGHEST_BAR = 3.9  # in units of _H; a higher bar would leave the strip

Points = list[tuple[float, float]]


def draw_status(surface: pygame.Surface, car: Car, reward: float) -> bool:
    """Draw the strip at its place in a surface of the window's size.

    Returns ``False``, with nothing of use drawn, when a bar is so high that it leaves the strip.
    """
    velocity = car.hull.linearVelocity
    speed = math.sqrt(velocity.x * velocity.x + velocity.y * velocity.y)
    front_left, front_right, rear_left, rear_right = car.wheels
    bars = (
        (speed, 5, 0.02 * speed, _WHITE),
        (front_left.omega, 7, 0.01 * front_left.omega, _BLUE),
        (front_right.omega, 8, 0.01 * front_right.omega, _BLUE),
        (rear_left.omega, 9, 0.01 * rear_left.omega, _VIOLET),
        (rear_right.omega, 10, 0.01 * rear_right.omega, _VIOLET),
    )
    steering = front_left.joint.angle
    turning = car.hull.angularVelocity
    surface.fill((0, 0, 0), (0, VIEW_H, WINDOW_W, STRIP_H))
    for value, place, height, color in bars:
        if height > _HIGHEST_BAR:
            return False
        if abs(value) > 1e-4:
            pygame.draw.polygon(surface, color, _upright(place, height))
    if abs(steering) > 1e-4:
        pygame.draw.polygon(surface, _GREEN, _lying(20, -10.0 * steering))
    if abs(turning) > 1e-4:
        pygame.draw.polygon(surface, _RED, _lying(30, -0.8 * turning))
    text = _score_image(f"{reward:04.0f}")
    place = text.get_rect()
    place.center = (60, WINDOW_H - WINDOW_H * 2.5 / 40.0)
    surface.blit(text, place)
    return True


def _upright(place: int, value: float) -> Points:
    top = WINDOW_H - (_H + _H * value)
    left, right, bottom = (place + 0) * _S, (place + 1) * _S, WINDOW_H - _H
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _lying(place: int, value: float) -> Points:
    left, right = (place + 0) * _S, (place + value) * _S
    top, bottom = WINDOW_H - 4 * _H, WINDOW_H - 2 * _H
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


@lru_cache(maxsize=4096)
def _score_image(text: str) -> pygame.Surface:
    """The score as an image. A score recurs in many frames; opening the font alone costs more than a frame."""
    pygame.font.init()
    font = pygame.font.Font(pygame.font.get_default_font(), 42)
    return font.render(text, True, (255, 255, 255), (0, 0, 0))
