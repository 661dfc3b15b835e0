"""Completions are drawn in evaluation mode, with what DoRA makes of its weights made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tiny_model import make_tiny_model

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
TOKENS = 5


@pytest.fixture
def model(tmp_path: Path) -> Any:
    """In training, with the adapter of the presets."""
    from peft import LoraConfig, get_peft_model
    from recode_trl.presets import RECODE_LORA
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(make_tiny_model(tmp_path))
    return get_peft_model(base, LoraConfig(**RECODE_LORA)).train()


@pytest.fixture
def norms(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """One entry for each time that the rows of a layer's weight are measured."""
    import torch

    made: list[Any] = []
    norm = torch.linalg.norm
    monkeypatch.setattr(
        torch.linalg, "norm", lambda *given, **more: made.append(given) or norm(*given, **more)
    )
    return made


def generate(model: Any) -> Callable[..., list[int]]:
    """As TRL does, whatever it is given."""
    import torch

    def run(*_: Any) -> list[int]:
        ids = torch.tensor([[3, 4, 5]])
        made = model.generate(
            input_ids=ids, max_new_tokens=TOKENS, min_new_tokens=TOKENS, do_sample=False
        )
        found: list[int] = made[0].tolist()
        return found

    return run


def trainer(model: Any, *, use_vllm: bool = False) -> Any:
    """A trainer as the command makes it, with nothing in it but the model."""
    from recode_trl.training import TrainRequest, _rl_trainer

    made: Any = _rl_trainer(TrainRequest("dapo", Path("pairs"), "model", Path("out")))
    bare = made.__new__(made)
    bare.model, bare.use_vllm = model, use_vllm
    return bare


def test_an_adapter_is_worked_out_once_for_all_tokens(
    model: Any, norms: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from trl import GRPOTrainer

    monkeypatch.setattr(GRPOTrainer, "_generate_single_turn", lambda _, run: run())
    trained = trainer(model)
    layers = 4  # queries and values of two layers
    seen: list[bool] = []

    def run() -> list[int]:
        seen.append(model.training)
        return generate(model)()

    kept = trained._generate_single_turn(run)
    assert (seen, model.training) == ([False], True)
    assert len(norms) == layers
    model.eval()
    assert generate(model)() == kept, "the same tokens as without"
    assert len(norms) == layers + layers * TOKENS


def test_a_step_of_the_optimizer_is_not_missed(model: Any) -> None:
    import torch
    from recode_trl.generating import steady

    ids = torch.tensor([[3, 4, 5]])

    def logits() -> Any:
        with steady(model), torch.no_grad():
            return model(input_ids=ids).logits

    before = logits()
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.5)
    after = logits()
    assert not torch.allclose(before, after)
    model.eval()
    with torch.no_grad():
        assert torch.allclose(after, model(input_ids=ids).logits)


def test_attention_makes_no_plan_for_each_length(
    model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """cuDNN's would, on a Hopper GPU; it may be used again for the gradient."""
    import torch
    from trl import GRPOTrainer

    def fail(_: Any) -> None:
        seen.append(torch.backends.cuda.cudnn_sdp_enabled())
        raise RuntimeError

    seen: list[bool] = []
    monkeypatch.setattr(GRPOTrainer, "_generate_single_turn", fail)
    with pytest.raises(RuntimeError):
        trainer(model)._generate_single_turn()
    assert (seen, torch.backends.cuda.cudnn_sdp_enabled()) == ([False], True)
    assert model.training


def test_vllm_is_left_alone(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from trl import GRPOTrainer

    monkeypatch.setattr(GRPOTrainer, "_generate_single_turn", lambda self: self.model.training)
    assert trainer(model, use_vllm=True)._generate_single_turn()
