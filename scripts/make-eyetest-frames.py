"""The frames of games that `agent eyetest` asks about, with what the emulators themselves know of them.

    PYTHONPATH=envs/python .runtime/python/bin/python scripts/make-eyetest-frames.py configs/eyetest

For developers: the files that it wrote are committed. Each game is played from seeds that no model learns from (the
test range of configs/seeds.json, beyond those of `agent pixels`), as the harness plays it: four raw frames a decision,
of Space Invaders the maximum of the last two.

Space Invaders: the column of the cannon's centre and of the one bomb. A frame is taken where the emulator's memory has
one bomb in flight and no missile of the cannon's, and where memory and picture agree on both columns.
CarRacing: the columns between which the road lies in one row, by the polygons of the track and the camera. A frame is
taken where the row crosses the road once, with both edges in the picture, and where the picture's colors agree.
"""

import json
import math
import sys
from collections.abc import Callable
from pathlib import Path

import ale_py
import gymnasium as gym
import numpy as np
from agent_envs.frame_skip import SkipFrames
from PIL import Image

FRAMES = 40
FIRST_SEED = 97_000
SKIP = 4
# Of each episode so many frames are taken, this many decisions apart, so that no two are alike.
AN_EPISODE, APART = 4, 40

WHITE, GREEN = (0x8E, 0x8E, 0x8E), (0x32, 0x84, 0x32)
FIELD, CANNON_ROWS = slice(22, 195), slice(185, 195)
# Where Space Invaders keeps columns, and how far these are from those of the picture (a shot at 0 is none).
CANNON_AT, CANNON_OFF, CANNON_ENDS = 28, 2, (37, 122)
BOMBS_AT, MISSILE_AT, SHOT_OFF = (83, 84), 87, -2

WINDOW_W, WINDOW_H, SCALE, ZOOM, SIDE = 1000, 800, 6.0, 2.7, 96
ROWS, TRIED = range(16, 60), 12
BORDER = 5


def columns(picture: np.ndarray, color: tuple[int, int, int]) -> list[int]:
    """Columns in which a picture has a color."""
    return sorted(set(np.argwhere((picture == np.array(color)).all(-1))[:, 1].tolist()))


def invaders(env: gym.Env, picture: np.ndarray) -> dict | None:
    """Columns of cannon and bomb; None where there is not one of each, or where memory and picture differ."""
    ram = env.unwrapped.ale.getRAM().astype(int)
    cannon, shots = columns(picture[CANNON_ROWS], GREEN), columns(picture[FIELD], WHITE)
    if not cannon or len(shots) != 1:
        return None
    middle = (cannon[0] + cannon[-1]) / 2
    told = [int(ram[at]) + SHOT_OFF for at in BOMBS_AT]
    is_bomb = shots[0] in told and shots[0] != int(ram[MISSILE_AT]) + SHOT_OFF
    if not is_bomb or abs(ram[CANNON_AT] + CANNON_OFF - middle) > 1:
        return None
    return {"cannon": middle, "bomb": shots[0]}


def road(env: gym.Env, picture: np.ndarray, random: np.random.Generator) -> dict | None:
    """A row of the picture and the road's edges in it, in pixels; None where there is no such row."""
    game = env.unwrapped
    if game.t < 1:
        return None
    angle, zoom = -game.car.hull.angle, ZOOM * SCALE
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    centre = np.array([WINDOW_W / 2, WINDOW_H / 4]) - turn @ np.array(game.car.hull.position) * zoom
    # The kerbs are white or red.
    tiles = [np.array(poly) for poly, color in game.road_poly if max(color) < 255]
    shown = [(tile * zoom) @ turn.T + centre for tile in tiles]
    shown = [tile for tile in shown if tile[:, 1].min() < WINDOW_H and tile[:, 1].max() > 0]
    for row in random.permutation(ROWS)[:TRIED]:
        y = WINDOW_H - (row + 0.5) * WINDOW_H / SIDE
        spans = sorted(span for span in (crossing(tile, y) for tile in shown) if span)
        joined: list[list[float]] = []
        for low, high in spans:
            if joined and low <= joined[-1][1] + 5:
                joined[-1][1] = max(joined[-1][1], high)
            else:
                joined.append([low, high])
        inside = [span for span in joined if span[1] > 0 and span[0] < WINDOW_W]
        if len(inside) != 1:
            continue
        left, right = (edge * SIDE / WINDOW_W - 0.5 for edge in inside[0])
        if left < BORDER or right > SIDE - 1 - BORDER or right - left < 6 or right - left > 40:
            continue
        gray = [x for x in range(SIDE) if np.ptp(picture[row, x].astype(int)) < 12 and picture[row, x, 0] > 60]
        # The car, and the white of kerbs, may lie over the road; its ends are seen all the same.
        near = [abs(min(gray) - left), abs(max(gray) - right)] if gray else [9]
        if max(near) <= 1.2:
            return {"row": int(row), "left": round(left, 2), "right": round(right, 2)}
    return None


def crossing(tile: np.ndarray, y: float) -> tuple[float, float] | None:
    """Between which x a polygon lies at a height."""
    xs = []
    for (x1, y1), (x2, y2) in zip(tile, np.roll(tile, -1, axis=0), strict=True):
        if (y1 - y) * (y2 - y) <= 0 and y1 != y2:
            xs.append(x1 + (x2 - x1) * (y - y1) / (y2 - y1))
    return (float(min(xs)), float(max(xs))) if len(xs) >= 2 else None


def steer(env: gym.Env, wish: float) -> int:
    """An action of CarRacing that follows the track, `wish` beside its middle."""
    game = env.unwrapped
    x, y = game.car.hull.position
    track = np.array([[beta, tx, ty] for _, beta, tx, ty in game.track])
    at = int(np.argmin(np.hypot(track[:, 1] - x, track[:, 2] - y)))
    _, tx, ty = track[(at + 4) % len(track)]
    beta = track[(at + 4) % len(track)][0]
    goal = np.array([tx + wish * math.cos(beta), ty + wish * math.sin(beta)]) - (x, y)
    ahead = math.atan2(-goal[0], goal[1]) - game.car.hull.angle
    off = math.atan2(math.sin(ahead), math.cos(ahead))
    speed = float(np.hypot(*game.car.hull.linearVelocity))
    if abs(off) > 0.08:
        return 2 if off > 0 else 1
    return 3 if speed < 35 else 0


def collect(name: str, env: gym.Env, look: Callable, act: Callable) -> None:
    """Plays until there are enough frames, and writes them below each other, with a file of what is known of them."""
    pictures, known = [], []
    seed = FIRST_SEED
    while len(pictures) < FRAMES:
        random = np.random.default_rng(seed)
        observation, _ = env.reset(seed=seed)
        taken, last, step, action, ended = 0, 0, 0, 0, False
        while not ended and taken < AN_EPISODE and len(pictures) < FRAMES and step < 900:
            action = act(env, action, step, random)
            observation, _, over, cut, _ = env.step(action)
            step, ended = step + 1, over or cut
            facts = look(env, observation, random) if step - last >= APART else None
            # Many a game begins like another.
            if facts and facts not in [{key: one[key] for key in facts} for one in known]:
                pictures.append(observation.copy())
                known.append({"seed": seed, "step": step, **facts})
                taken, last = taken + 1, step
        print(name, seed, len(pictures), file=sys.stderr)
        seed += 1
    folder = Path(sys.argv[1])
    about = {"game": name, "height": int(pictures[0].shape[0]), "frames": known}
    lines = ",\n".join(f"  {json.dumps(one)}" for one in known)
    head = json.dumps({key: about[key] for key in ("game", "height")})[:-1]
    (folder / f"{name}.json").write_text(f'{head}, "frames": [\n{lines}\n]}}\n')
    Image.fromarray(np.concatenate(pictures)).save(folder / f"{name}.png", optimize=True)


def main() -> None:
    """Both games."""

    wishes = [0]

    def wander(env: gym.Env, action: int, step: int, random: np.random.Generator) -> int:
        """To a column and, every forty decisions, to another one; shoots now and then."""
        if step % APART == 0:
            wishes[0] = int(random.integers(*CANNON_ENDS))
        off = wishes[0] - int(env.unwrapped.ale.getRAM()[CANNON_AT]) - CANNON_OFF
        is_shot = step % 9 == 0
        return (4 if is_shot else 2) if off > 1 else (5 if is_shot else 3) if off < -1 else int(is_shot)

    def drive(env: gym.Env, action: int, step: int, random: np.random.Generator) -> int:
        return steer(env, 5 * math.sin(step / 11))

    gym.register_envs(ale_py)
    atari = gym.make("ALE/SpaceInvaders-v5", frameskip=1, repeat_action_probability=0.25)
    pooled = SkipFrames(atari, SKIP, max_pool=True)
    collect("spaceinvaders", pooled, lambda env, picture, _: invaders(env, picture), wander)
    collect("carracing", SkipFrames(gym.make("CarRacing-v3", continuous=False), SKIP), road, drive)


if __name__ == "__main__":
    main()
