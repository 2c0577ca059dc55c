"""What this interpreter can play: versions of the packages, and one short real run of each emulator, as JSON.

Run as ``python -m agent_envs.probe``; `agent doctor` reads it. Only the standard library is imported at the top, so
that a broken environment is reported rather than raised.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from importlib import metadata
from typing import Any

PACKAGES = ("gymnasium", "ale-py", "Box2D", "pygame-ce", "numpy", "pyzmq", "imageio-ffmpeg")
EMULATORS: dict[str, dict[str, Any]] = {
    "CarRacing-v3": {"continuous": False},
    "ALE/SpaceInvaders-v5": {"frameskip": 1},
}
STEPS = 50


def version_of(package: str) -> str | None:
    """The installed version, or None where the package is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def try_emulator(env_id: str, options: dict[str, Any]) -> dict[str, Any]:
    """Makes the environment, resets it and takes some steps; an error becomes data."""
    try:
        import gymnasium

        if env_id.startswith("ALE/"):
            import ale_py

            gymnasium.register_envs(ale_py)
        env = gymnasium.make(env_id, **options)
        try:
            env.reset(seed=7)
            began = time.perf_counter()
            for _ in range(STEPS):
                _, _, terminated, truncated, _ = env.step(0)
                if terminated or truncated:
                    env.reset()
            milliseconds = (time.perf_counter() - began) / STEPS * 1000
        finally:
            env.close()
    except Exception as error:
        return {"id": env_id, "ok": False, "error": f"{type(error).__name__}: {error}"}
    return {"id": env_id, "ok": True, "millisecondsPerStep": round(milliseconds, 3)}


def main() -> None:
    """Prints one JSON document on standard output, whatever the emulators print there themselves."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    report = {
        "python": platform.python_version(),
        "executable": sys.executable,
        "packages": {name: version_of(name) for name in PACKAGES},
        "emulators": [try_emulator(env_id, options) for env_id, options in EMULATORS.items()],
    }
    print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main()
