"""The OpenAI protocol's bodies: what is sent, and what is read out of whatever comes back."""

from __future__ import annotations

import email.utils
import json
import math
from datetime import datetime, timezone

from recode_bench.models.completing import (
    Completion,
    Finish,
    Request,
    Sampling,
    as_text,
    cut_at_stop,
)
from recode_bench.scoring.rewards import completion_text

SHOWN_CHARS = 300
"""How much of a server's own words an error repeats."""


class AnswerError(ValueError):
    """What a server sent is not an answer of this protocol."""


def request_body(
    request: Request, sampling: Sampling, *, model: str, chat: bool, prefill: bool
) -> dict[str, object]:
    """The JSON to post for one completion.

    Args:
        request: its prompt and its sample's seed.
        sampling: how to draw.
        model: the server's name for the model.
        chat: send messages; else one text.
        prefill: for chats, send the prompt's prefill too, as a message to go on from.
    """
    body: dict[str, object] = {
        "model": model,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "seed": request.seed(sampling),
    }
    if sampling.stop:
        body["stop"] = list(sampling.stop)
    prompt = request.prompt
    if not chat:
        return body | {"prompt": as_text(prompt)}
    messages = [{"role": each.role, "content": each.content} for each in prompt.messages]
    if prefill and prompt.prefill:
        messages.append({"role": "assistant", "content": prompt.prefill})
        # vLLM and SGLang ask for these; elsewhere the message would be a finished turn.
        body |= {"continue_final_message": True, "add_generation_prompt": False}
    return body | {"messages": messages}


def read_answer(request: Request, sampling: Sampling, content: bytes, prefill: str) -> Completion:
    """The completion in a server's answer.

    Args:
        request: what was asked.
        sampling: whose stop strings are cut off, since servers cut after the token that holds one.
        content: the answer's body.
        prefill: what the model went on from; its text begins with that.

    Raises:
        AnswerError: it is not one.
    """
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as error:
        words = servers_words(content)
        raise AnswerError(f"not JSON but: {words}") from error
    choices = answer.get("choices") if isinstance(answer, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    text = _choice_text(choice) if isinstance(choice, dict) else None
    if text is None or not isinstance(choice, dict):
        raise AnswerError(f"no choice in: {servers_words(content)}")
    usage = answer.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return Completion(
        request.problem_id,
        request.sample,
        prefill + cut_at_stop(text, sampling.stop),
        Finish.LENGTH if choice.get("finish_reason") == "length" else Finish.STOP,
        prompt_tokens=_count(counts.get("prompt_tokens")),
        completion_tokens=_count(counts.get("completion_tokens")),
    )


def _choice_text(choice: dict[str, object]) -> str | None:
    """The text of a choice; empty where a reasoning model has not come to its answer."""
    message = choice.get("message")
    if not isinstance(message, dict):
        text = choice.get("text")
        return text if isinstance(text, str) else None
    content = message.get("content")
    if content is None and "content" in message:
        return ""
    return completion_text([message]) if isinstance(content, (str, list)) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def servers_words(content: bytes) -> str:
    """What the server says, in one short line."""
    text = content[: 4 * SHOWN_CHARS].decode("utf-8", "replace")
    try:
        answer = json.loads(content)
        error = answer.get("error") or answer.get("detail") or answer.get("message")
        text = str(error.get("message") if isinstance(error, dict) else error or text)
    except (ValueError, AttributeError, RecursionError):
        pass  # HTML of some proxy: its beginning says enough
    words = " ".join(text.split())
    return words[:SHOWN_CHARS] + ("…" if len(words) > SHOWN_CHARS else "") or "(nothing)"


def retry_after_s(value: str) -> float:
    """Seconds that a Retry-After header asks for: a number, or a date."""
    try:
        return max(0.0, float(value)) if math.isfinite(float(value)) else 0.0
    except ValueError:
        pass
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())
