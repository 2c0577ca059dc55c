"""The scripted teacher of Space Invaders: src/expert/teacher, number for number (a test compares the two).

It tells the x of the cannon, of the best place to stand at and of the bomb that is near (0: none), and the action that
follows from these three alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from .aim import CANNON_SPEED, FIRE_REACH, LEFT_END, MIDDLE, RIGHT_END, aim, aim_at_ship, rounded
from .march import March, sign
from .sprites import Shot, Sprites

_FALL, _RISE = (2, 7), (5, 13)
_START_TOP, _START_BOTTOM, _START_BESIDE = 165, 184, 4
_NEAR_BESIDE, _NEAR_FROM, _NEAR_TO, _BOMB_STEP = 12, 160, 189, 4

_STAY, _FIRE, _RIGHT, _LEFT, _RIGHT_FIRE, _LEFT_FIRE = range(6)
_NEAR_ENOUGH, _REACH, _UNDER = 1, 7, 1


def look(stack: Sequence[Sprites]) -> tuple[tuple[int, int, int], int]:
    """Sights and action from what consecutive pictures show, oldest first.

    It flickers while the cannon is being hit and before it starts: then the last picture that shows it counts.
    """
    at = next((i for i in reversed(range(len(stack))) if stack[i].cannon is not None), None)
    if at is None:
        sights = (0, 0, 0)
    else:
        now, before = stack[at], stack[:at]
        cannon = now.cannon or 0
        sights = (cannon, _stand(cannon, now, before), _near_bomb(cannon, now, before[-1] if before else None))
    return sights, action_for(sights)


def action_for(sights: tuple[int, int, int]) -> int:
    """The action behind the three numbers: away from the bomb where it would hit, else to the place, but not under
    the bomb.
    """
    cannon, stand, bomb = sights
    if cannon == 0:
        return _STAY
    fires = abs(stand - cannon) <= FIRE_REACH
    move = _move(cannon, stand, bomb)
    if move == 0:
        return _FIRE if fires else _STAY
    if move > 0:
        return _RIGHT_FIRE if fires else _RIGHT
    return _LEFT_FIRE if fires else _LEFT


def stand_for_ship(cannon: int, now: Sprites, before: Sequence[Sprites]) -> int | None:
    """x to stand at for the mother ship; None where there is none to be hit soon."""
    return aim_at_ship(cannon, now, before, March.of(now, before))


def bombs_of(now: Sprites, before: Sprites | None) -> list[Shot]:
    """The shots of a picture that fall; ``before`` is the picture before it."""
    return [shot for shot in now.shots if not _is_missile(shot, now, before)]


def _move(cannon: int, stand: int, bomb: int) -> int:
    way = stand - cannon
    wish = 0 if abs(way) <= _NEAR_ENOUGH else sign(way)
    if bomb == 0:
        return wish
    off = cannon - bomb
    if abs(off) <= _REACH:
        return _flee(cannon, bomb)
    return 0 if abs(off + CANNON_SPEED * wish) <= _REACH else wish


def _flee(cannon: int, bomb: int) -> int:
    off = cannon - bomb
    if abs(off) <= _UNDER:
        return 1 if bomb < MIDDLE else -1
    away = sign(off)
    room = RIGHT_END - cannon if away > 0 else cannon - LEFT_END
    return away if room + abs(off) >= _REACH else -away


def _stand(cannon: int, now: Sprites, before: Sequence[Sprites]) -> int:
    at = stand_for_ship(cannon, now, before)
    return aim(cannon, now, March.of(now, before)) if at is None else at


def _near_bomb(cannon: int, now: Sprites, before: Sprites | None) -> int:
    near = [
        bomb
        for bomb in bombs_of(now, before)
        if abs(bomb.x - cannon) <= _NEAR_BESIDE and bomb.bottom >= _NEAR_FROM and bomb.top <= _NEAR_TO
    ]  # fmt: skip
    if not near:
        return 0
    return rounded(min(near, key=lambda bomb: abs(bomb.x - cannon)).x / _BOMB_STEP) * _BOMB_STEP


def _is_missile(shot: Shot, now: Sprites, before: Sprites | None) -> bool:
    falls = [shot.middle - other.middle for other in (before.shots if before else ()) if other.x == shot.x]
    if any(_FALL[0] <= fall <= _FALL[1] for fall in falls):
        return False
    if any(_RISE[0] <= -fall <= _RISE[1] for fall in falls):
        return True
    is_low = _START_TOP <= shot.bottom <= _START_BOTTOM
    return is_low and now.cannon is not None and abs(shot.x - now.cannon) <= _START_BESIDE
