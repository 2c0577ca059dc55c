"""Intervals in Python are those of ``src/evaluation``: one set of scores has one interval."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent_training.experts.statistics import mean_interval

TABLE = Path(__file__).parents[3] / "runs" / "reference" / "games.json"


def test_the_intervals_are_those_of_the_tables() -> None:
    rows = json.loads(TABLE.read_text(encoding="utf-8"))["rows"]
    assert len(rows) == 10
    for row in rows:
        ours = mean_interval(list(row["scores"].values()))
        assert ours == (row["interval"] and pytest.approx(row["interval"], rel=1e-9))


def test_few_values_have_students_interval() -> None:
    assert mean_interval([0.0, 1.0]) == pytest.approx((0.5 - 12.7062047 / 2, 0.5 + 12.7062047 / 2))


def test_one_value_and_equal_ones_have_none() -> None:
    assert mean_interval([3.0]) is None
    assert mean_interval([0.1 + 0.2, 0.3, 0.3]) is None
    with pytest.raises(ValueError, match="at least one"):
        mean_interval([])
