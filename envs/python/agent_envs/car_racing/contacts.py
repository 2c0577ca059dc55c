"""Which wheel stands on which tile, and what visiting a tile earns."""

from __future__ import annotations

from typing import Any

from gymnasium.envs.box2d.car_racing import FrictionDetector


class TileContacts(FrictionDetector):
    """Gymnasium's contact listener, asking Box2D once for each body, that also recolours the scenery."""

    env: Any  # the FastCarRacing that made this listener

    def _contact(self, contact: Any, begin: bool) -> None:
        tile = contact.fixtureA.body.userData
        other = contact.fixtureB.body.userData
        if tile is None or "road_friction" not in tile.__dict__:
            tile, other = other, tile
            if tile is None or "road_friction" not in tile.__dict__:
                return
        env = self.env
        tile.color[:] = env.road_color
        env.tile_touched(tile)
        if other is None or "tiles" not in other.__dict__:
            return
        if not begin:
            other.tiles.remove(tile)
            return
        other.tiles.add(tile)
        if not tile.road_visited:
            tile.road_visited = True
            env.reward += 1000.0 / len(env.track)
            env.tile_visited_count += 1
            if tile.idx == 0 and env.tile_visited_count / len(env.track) > self.lap_complete_percent:
                env.new_lap = True
