"""A model on this machine: batches, seeds, chat templates, stop strings, adapters, errors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from recode_bench.models import ModelSettings, open_model
from recode_bench.models.completing import Completion, Finish, Request, Sampling
from recode_bench.models.transformers import RowSampler, TransformersModel, rendered
from recode_bench.prompts import Message, Prompt
from recode_data.errors import UsageError
from tests.tiny_model import make_tiny_model

pytest.importorskip("torch", reason="torch is not installed")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

SAMPLING = Sampling(temperature=1.0, top_p=0.95, max_tokens=12, seed=3)
PROMPT = Prompt((Message("system", "Be brief."), Message("user", "Mend it.")), "```python\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def model(folder: Path) -> TransformersModel:
    return TransformersModel(str(folder), batch_size=3)


def requests(count: int, prompt: Prompt = PROMPT) -> list[Request]:
    long = replace(prompt, messages=(*prompt.messages[:-1], Message("user", "Mend it. " * 9)))
    return [Request(f"p{n % 2}", n // 2, prompt if n % 2 else long) for n in range(count)]


def texts(completions: list[Completion]) -> list[str]:
    return [completion.text for completion in completions]


def test_every_request_is_answered_in_order(model: TransformersModel) -> None:
    asked = requests(7)
    found = list(model.complete(asked, SAMPLING))
    assert [(each.problem_id, each.sample) for each in found] == [
        (each.problem_id, each.sample) for each in asked
    ]
    assert all(each.text.startswith("```python\n") for each in found)
    assert all(0 < (each.completion_tokens or 0) <= 12 for each in found)
    assert len(set(texts(found))) == 7


def test_a_sample_does_not_depend_on_its_batch(folder: Path, model: TransformersModel) -> None:
    asked = requests(5)
    together = texts(list(model.complete(asked, SAMPLING)))
    alone = TransformersModel(str(folder), batch_size=1)
    assert texts(list(alone.complete(asked[::-1], SAMPLING)))[::-1] == together


def test_another_seed_draws_other_samples_and_greedy_none(model: TransformersModel) -> None:
    asked = [Request("p", sample, PROMPT) for sample in range(3)]
    first = texts(list(model.complete(asked, SAMPLING)))
    assert texts(list(model.complete(asked, replace(SAMPLING, seed=4)))) != first
    assert len(set(texts(list(model.complete(asked, Sampling(max_tokens=8)))))) == 1


def test_a_stop_string_ends_the_answer_before_itself(model: TransformersModel) -> None:
    (whole,) = model.complete([Request("p", 0, PROMPT)], SAMPLING)
    made = whole.text.removeprefix("```python\n")
    stop = made[3:5]
    (cut,) = model.complete([Request("p", 0, PROMPT)], replace(SAMPLING, stop=(stop,)))
    assert cut.text == "```python\n" + made[: made.index(stop)]
    assert (whole.finish, cut.finish) == (Finish.LENGTH, Finish.STOP)
    assert (cut.completion_tokens or 99) < (whole.completion_tokens or 0)


def test_a_prompt_that_is_too_long_is_no_answer(model: TransformersModel) -> None:
    long = Prompt((Message("user", "x" * 600),))
    asked = [Request("long", 0, long), Request("short", 0, PROMPT)]
    found = {each.problem_id: each for each in model.complete(asked, SAMPLING)}
    assert found["long"].finish is Finish.FAILED
    assert "tokens" in found["long"].error
    assert found["short"].finish is not Finish.FAILED


def test_a_chat_template_is_used_and_the_prefill_put_after_it(folder: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    text, special = rendered(tokenizer, PROMPT)
    assert text.endswith("<|im_start|>user\nMend it.<|im_end|>\n<|im_start|>assistant\n```python\n")
    assert not special
    tokenizer.chat_template = (
        "{{ raise_exception('no system') if messages[0]['role'] == 'system' }}ok"
    )
    assert rendered(tokenizer, PROMPT)[0] == "ok```python\n"
    tokenizer.chat_template = None
    assert rendered(tokenizer, PROMPT) == ("Be brief.\n\nMend it.\n\n```python\n", True)


def test_attention_makes_no_plan_for_each_length(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """cuDNN's would, on a Hopper GPU."""
    import torch

    policy = TransformersModel(str(folder))
    loaded = policy._load()
    seen: list[bool] = []
    generate = loaded.model.generate
    monkeypatch.setattr(
        loaded.model,
        "generate",
        lambda **given: seen.append(torch.backends.cuda.cudnn_sdp_enabled()) or generate(**given),
    )
    assert len(list(policy.complete(requests(2), SAMPLING))) == 2
    assert (seen, torch.backends.cuda.cudnn_sdp_enabled()) == ([False], True)


def test_an_adapter_changes_what_is_written(folder: Path, tmp_path: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(folder)
    adapted = get_peft_model(
        base, LoraConfig(r=4, target_modules=["q_proj", "v_proj", "down_proj"])
    )
    torch.manual_seed(1)
    for name, parameter in adapted.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter, std=0.5)
    adapted.save_pretrained(tmp_path / "adapter")
    settings = ModelSettings(adapter=str(tmp_path / "adapter"))
    asked = [Request("p", 0, PROMPT)]
    plain = texts(list(open_model(f"transformers:{folder}", []).complete(asked, SAMPLING)))
    other = open_model(f"transformers:{folder}", [], settings).complete(asked, SAMPLING)
    assert texts(list(other)) != plain


@pytest.mark.parametrize("name", ["no-such-folder/of-mine", ""])
def test_a_model_that_is_not_there_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)  # the variable is read at import
    with pytest.raises(UsageError, match="model"):
        list(open_model(f"transformers:{name}", []).complete(requests(1), SAMPLING))


def test_an_adapter_that_is_not_there_is_a_usage_error(folder: Path, tmp_path: Path) -> None:
    settings = ModelSettings(adapter=str(tmp_path))
    with pytest.raises(UsageError, match="adapter"):
        list(open_model(f"transformers:{folder}", [], settings).complete(requests(1), SAMPLING))


def test_sampling_follows_temperature_and_nucleus() -> None:
    import torch

    logits = torch.log(torch.tensor([[0.5, 0.3, 0.2]]))

    def drawn(**given: float) -> set[int]:
        sampling = Sampling(**{"temperature": 1.0, **given})  # type: ignore[arg-type]  # floats
        return {int(RowSampler([seed], sampling)(None, logits).argmax()) for seed in range(60)}

    assert drawn() == {0, 1, 2}
    assert drawn(top_p=0.7) == {0, 1}
    assert drawn(top_p=0.5) == {0}
    assert drawn(temperature=0.01) == {0}
