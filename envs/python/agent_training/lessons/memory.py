"""The newest decisions of many games: what each encoder says of their pictures, and what the teacher says."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .games import Views
from .plan import DrawRules, PlannedGame
from .scene import THINGS_SIZE


@dataclass(frozen=True)
class Lessons:
    """A batch: the teacher's words, and where the pictures are."""

    stacks: Tensor
    """[batch, stack]: rows of the encoders' features, oldest first."""
    sights: Tensor
    actions: Tensor
    things: Tensor

    def of_newest_picture(self) -> Lessons:
        return replace(self, stacks=self.stacks[:, -1:])


class Memory:
    """A ring of ``moments`` moments, each of ``games`` decisions side by side."""

    def __init__(
        self, moments: int, games: int, patches: int, sizes: list[int], device: torch.device, game: PlannedGame
    ) -> None:
        if moments <= game.stack:
            raise ValueError(f"expected more than {game.stack} moments, the pictures of a decision; got {moments}")
        self._stack, self._action_count = game.stack, game.actions
        rows = moments * games
        self._moments, self._games = moments, games
        self._filled, self._next = 0, 0
        self.features = [torch.empty(rows, patches, size, dtype=torch.float16, device=device) for size in sizes]
        """By encoder, [rows, patches, size]."""
        self._things = torch.empty(rows, patches, THINGS_SIZE, dtype=torch.float16, device=device)
        self._sights = torch.zeros(rows, 3, dtype=torch.int64, device=device)
        self._actions = torch.zeros(rows, dtype=torch.int64, device=device)
        self._stacks = torch.zeros(rows, game.stack, dtype=torch.int64, device=device)
        self._ages = torch.zeros(games, dtype=torch.int64, device=device)
        self._weights = torch.zeros(rows, device=device)
        self._places = torch.arange(rows, device=device) // games

    def __len__(self) -> int:
        return self._filled * self._games

    def add(self, views: Views, features: list[Tensor]) -> Tensor:
        """Remember a moment in the place of the oldest; returns the stacks of its decisions, [games, stack]."""
        device = self._ages.device
        games = torch.arange(self._games, device=device)
        is_first = torch.from_numpy(views.is_first).to(device)
        self._ages = torch.where(is_first, 0, self._ages + 1)
        # Before the first picture there is only the first.
        back = torch.minimum(torch.arange(self._stack - 1, -1, -1, device=device), self._ages[:, None])
        stacks = (self._next - back) % self._moments * self._games + games[:, None]
        rows = slice(self._next * self._games, (self._next + 1) * self._games)
        for store, given in zip(self.features, features, strict=True):
            store[rows] = given.half()
        self._things[rows] = torch.from_numpy(views.things).to(device)
        self._sights[rows] = torch.from_numpy(views.sights).to(device)
        self._actions[rows] = torch.from_numpy(views.actions).to(device)
        self._stacks[rows] = stacks
        self._next = (self._next + 1) % self._moments
        self._filled = min(self._filled + 1, self._moments)
        return stacks

    def weigh(self, rules: DrawRules) -> None:
        """Work out how likely each decision is drawn from now on."""
        # Older pictures of the oldest decisions are overwritten already.
        ahead = (self._places - self._next) % self._moments
        usable = (self._places < self._filled) & (ahead >= (self._stack if self._filled == self._moments else 0))
        counts = torch.bincount(self._actions[usable], minlength=self._action_count).clamp(min=1).float()
        even = torch.where(usable, counts[self._actions] ** -rules.balance, 0)
        complete = even * (self._sights > 0).all(1)
        share = rules.complete * (complete.sum() > 0)
        self._weights = (1 - share) * even / even.sum() + share * complete / complete.sum().clamp(min=1e-9)

    def draw(self, count: int) -> Lessons:
        return self._at(torch.multinomial(self._weights, count, replacement=True))

    def draw_newest(self, count: int) -> Lessons:
        """As ``draw``, out of the last moments alone that were added and weighed, with ``count`` decisions or more."""
        moments = min(-(-count // self._games), self._filled)
        age = (self._next - 1 - self._places) % self._moments
        return self._at(torch.multinomial(self._weights * (age < moments), count, replacement=True))

    def _at(self, rows: Tensor) -> Lessons:
        return Lessons(self._stacks[rows], self._sights[rows], self._actions[rows], self._things[rows])
