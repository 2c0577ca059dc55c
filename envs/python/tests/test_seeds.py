"""Seeds of experts' training: the split that TypeScript has (test/core/seeds.test.ts), and nothing drawn outside it."""

from itertools import islice

from agent_training.experts.slice import episode_seeds
from agent_training.seeds import SELECTION, TEST, TRAINING, seed_span


def test_the_ranges_are_those_of_the_shipped_experts() -> None:
    assert [seed_span(seeds) for seeds in (TRAINING, SELECTION, TEST)] == ["0..89999", "90000..90019", "95000..99999"]


def test_training_episodes_draw_from_the_whole_training_range() -> None:
    drawn = list(islice(episode_seeds(7), 20_000))
    assert min(drawn) in range(20)
    assert max(drawn) in range(TRAINING.stop - 20, TRAINING.stop)
