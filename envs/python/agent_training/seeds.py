"""Which seeds are for what: ``configs/seeds.json``, which TypeScript reads too (src/core/seeds.ts)."""

from __future__ import annotations

import json
from pathlib import Path

_FILE = Path(__file__).parents[3] / "configs" / "seeds.json"
_RANGES = {name: range(first, last + 1) for name, (first, last) in json.loads(_FILE.read_text("utf-8")).items()}

TRAINING, TEST = _RANGES["training"], _RANGES["test"]
SELECTION = _RANGES["validation"][:20]
"""The best checkpoint of a run is the one that plays these best."""


def seed_span(seeds: range) -> str:
    """As people write it, both ends included: ``90000..90019``."""
    return f"{seeds[0]}..{seeds[-1]}"
