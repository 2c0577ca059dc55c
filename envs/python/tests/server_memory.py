"""Whether a server's memory stays flat: ``python tests/server_memory.py [--steps 100000]``.

Plays Space Invaders and CarRacing side by side, episode after episode, with a rendered picture now and then and an
environment made and closed every thousand steps, and prints the resident memory as it goes. Exit code 1 where the
second half of the run grew by more than ``--allowed`` kilobytes.
"""

from __future__ import annotations

import argparse
import sys

from server_harness import Client, Server, serving


def growth(steps: int, server: Server, report_every: int = 0) -> int:
    """Kilobytes by which the server's resident memory grew from the middle to the end of ``steps`` batch steps."""
    with Client(server.endpoint) as client:
        invaders = {"env": "ALE/SpaceInvaders-v5", "frame_skip": 4, "max_pool": True}
        games = [client.make(**invaders) for _ in range(4)]
        games.append(client.make("CarRacing-v3", kwargs={"continuous": False}, frame_skip=4))
        pictures = client.misbehaving("Counter", render=True)
        handles = [game.handle for game in games]
        client.ask("reset", envs=handles, seeds=list(range(len(handles))))
        pictures.reset()
        half = 0
        for step in range(steps):
            batch = handles if step % 10 == 0 else handles[:4]  # CarRacing is slow: every tenth step
            reply, _ = client.ask("step", envs=batch, actions=[(step // 7 + i) % 5 for i in range(len(batch))])
            over = [
                handle for handle, r in zip(batch, reply["results"], strict=True) if r["terminated"] or r["truncated"]
            ]
            if over:
                client.ask("reset", envs=over, seeds=[step + i for i in range(len(over))])
            if step % 50 == 0 and pictures.step(frames=True)[2]:
                pictures.reset(frames=True)
            if step % 1000 == 500:
                client.ask("close", envs=[client.make(**invaders).handle])
            if step == steps // 2:
                half = server.resident_kilobytes()
            if report_every and step % report_every == 0:
                print(f"{step:8} steps  {server.resident_kilobytes():8} kB", flush=True)
        return server.resident_kilobytes() - half


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--allowed", type=int, default=4096, metavar="KB")
    options = parser.parse_args()
    with serving() as server:
        grown = growth(options.steps, server, max(options.steps // 20, 1))
    print(f"grown in the second half: {grown} kB (allowed {options.allowed})")
    return int(grown > options.allowed)


if __name__ == "__main__":
    sys.exit(main())
