"""The trainer in PyTorch: what learns, what stays, and what is drawn. Without PyTorch nothing of this runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("PIL")

from lessons_plan import PATCHES, write_plan  # noqa: E402

from agent_training.lessons import school  # noqa: E402
from agent_training.lessons.games import Game, Views  # noqa: E402
from agent_training.lessons.memory import Memory  # noqa: E402
from agent_training.lessons.network import VisionLanguageModel  # noqa: E402
from agent_training.lessons.plan import DrawRules, Plan  # noqa: E402
from agent_training.lessons.scene import THINGS_SIZE  # noqa: E402
from agent_training.lessons.student import Student  # noqa: E402
from agent_training.lessons.telling import Tellings, blurred  # noqa: E402

CPU = torch.device("cpu")
MODEL = Path(__file__).parents[3] / "models" / "pae-lamm-mini"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return Plan.read(write_plan(tmp_path_factory.mktemp("plan")))


@pytest.fixture(scope="module")
def tellings(plan: Plan) -> Tellings:
    return Tellings.read(plan.tellings, CPU)


def _views(games: int, moment: int, *, first: bool = False) -> Views:
    random = np.random.default_rng(moment)
    return Views(
        pictures=random.integers(0, 256, (games, 96, 96, 3), dtype=np.uint8),
        sights=np.array([[50 + game, 60, 4 * (game % 2)] for game in range(games)]),
        actions=np.arange(games) % 6,
        things=np.zeros((games, PATCHES, THINGS_SIZE), np.float16),
        is_first=np.full(games, first),
        scores=np.full(games, np.nan),
    )


@pytest.mark.parametrize("name", ["patches", "picture", "prompt"])
def test_a_stage_learns_and_leaves_alone_what_it_should(plan: Plan, tellings: Tellings, name: str) -> None:
    stage = next(stage for stage in plan.stages if stage.name == name)
    student = Student(MODEL, VisionLanguageModel.load(MODEL), tellings, CPU, plan)
    memory = Memory(8, 4, PATCHES, [192], CPU, plan.game)
    for moment in range(6):
        views = _views(4, moment, first=moment == 0)
        memory.add(views, [student.encoded(torch.from_numpy(views.pictures))])
    memory.weigh(plan.draw)
    before = {key: value.clone() for key, value in student.model.state_dict().items()}
    student.begin(stage)
    telling = tellings.all[0] if name == "prompt" else tellings.bare
    lessons = memory.draw(4) if name == "prompt" else memory.draw(4).of_newest_picture()
    losses = [float(student.learn(stage, 9, lessons, memory.features[0], telling)[-1]) for _ in range(5)]
    assert losses[-1] < losses[0]
    changed = {key.split(".")[0] for key, value in student.model.state_dict().items() if not value.equal(before[key])}
    assert changed == {"multi_modal_projector"} | (set() if name == "patches" else {"language_model"})


def test_the_past_counts_like_the_whole(tellings: Tellings) -> None:
    model = VisionLanguageModel.load(MODEL)
    tokens = torch.tensor([[1, 40, 50, 60, 70, 80]])
    with torch.no_grad():
        whole, _ = model.decode(model.embedded(tokens))
        _, past = model.decode(model.embedded(tokens[:, :4]))
        rest, _ = model.decode(model.embedded(tokens[:, 4:].expand(3, -1)), past)
        last, _ = model.decode(model.embedded(tokens), wanted=1)
    torch.testing.assert_close(rest, whole[:, 4:].expand(3, -1, -1), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(last, whole[:, -1:], atol=1e-5, rtol=1e-4)


def test_weights_are_written_as_they_were_read(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    VisionLanguageModel.load(MODEL).save(tmp_path / "model.safetensors")
    read, written = (load_file(folder / "model.safetensors") for folder in (MODEL, tmp_path))
    assert read.keys() == written.keys()
    assert all(value.equal(written[key]) for key, value in read.items())


def test_stacks_reach_back_to_the_first_picture_of_a_game_and_no_further(plan: Plan) -> None:
    memory = Memory(5, 2, PATCHES, [1], CPU, plan.game)
    stacks = [
        memory.add(_views(2, moment, first=moment in (0, 3)), [torch.full((2, PATCHES, 1), float(moment))])
        for moment in range(6)
    ]
    shown = [[float(memory.features[0][row, 0, 0]) for row in stack[0]] for stack in stacks[-1:]]
    assert stacks[2].tolist() == [[0, 0, 2, 4], [1, 1, 3, 5]]
    assert stacks[3].tolist() == [[6, 6, 6, 6], [7, 7, 7, 7]]
    assert shown == [[3.0, 3.0, 4.0, 5.0]]


def test_the_newest_are_drawn_from_the_last_moments_alone(plan: Plan) -> None:
    memory = Memory(12, 2, PATCHES, [1], CPU, plan.game)
    stacks = [memory.add(_views(2, moment, first=moment == 0), [torch.zeros(2, PATCHES, 1)]) for moment in range(13)]
    memory.weigh(plan.draw)
    # The thirteenth moment lies in the place of the first, the twelfth at the ring's end.
    newest = [*stacks[12].tolist(), *stacks[11].tolist()]
    assert all(stack in newest for _ in range(20) for stack in memory.draw_newest(3).stacks.tolist())
    assert any(stack not in newest for stack in memory.draw_newest(24).stacks.tolist())


def test_complete_decisions_are_drawn_more_often(plan: Plan) -> None:
    memory = Memory(8, 6, PATCHES, [1], CPU, plan.game)
    for moment in range(4):
        memory.add(_views(6, moment, first=moment == 0), [torch.zeros(6, PATCHES, 1)])
    torch.manual_seed(0)
    shares = []
    for complete in (0.0, 0.8):
        memory.weigh(DrawRules(balance=0.3, complete=complete))
        shares.append(float((memory.draw(4000).sights > 0).all(1).float().mean()))
    assert shares[0] == pytest.approx(0.5, abs=0.05)
    assert shares[1] == pytest.approx(0.9, abs=0.05)


def test_numbers_beside_the_right_one_count_a_little() -> None:
    assert blurred(0, 256, CPU).equal(torch.eye(256))
    near = blurred(1, 256, CPU)
    torch.testing.assert_close(near.sum(1), torch.ones(256))
    assert near[80].nonzero()[:, 0].tolist() == list(range(77, 84))
    assert near[80, 80] > near[80, 81] > near[80, 82]


def test_a_game_begins_anew_when_it_is_over(plan: Plan) -> None:
    game = Game(3, 96, 12, plan.game, plan.patches)
    picture, sights, _, things, is_first, score = game.begin()
    assert (picture.shape, len(sights), things.shape, is_first) == ((96, 96, 3), 3, (PATCHES, THINGS_SIZE), True)
    for _ in range(3000):
        *_, is_first, score = game.step(0)
        if is_first:
            break
    assert is_first
    assert score == 0


def test_a_run_leaves_models_and_a_curve(
    plan: Plan, tellings: Tellings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(school, "_REPORT_EVERY", 2)
    student = Student(MODEL, VisionLanguageModel.load(MODEL), tellings, CPU, plan)
    lessons = school.School([student], tellings, tmp_path, plan, CPU)
    try:
        for stage in plan.stages:
            lessons.teach(stage)
    finally:
        lessons.close()
    lines = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert [line["stage"] for line in lines] == ["patches", "picture", "prompt"]
    assert all(np.isfinite(line[kind]["pae-lamm-mini"]).all() for line in lines for kind in ("losses", "newest"))
    taught = tmp_path / "pae-lamm-mini"
    assert {"config.json", "tokenizer.json", "model.safetensors"} <= {file.name for file in taught.iterdir()}
    assert not (taught / "README.md").exists()
    VisionLanguageModel.load(taught)
