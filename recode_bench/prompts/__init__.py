from recode_bench.prompts.template import (
    Message,
    Prompt,
    Template,
    load_template,
    parse_template,
    render,
    template_names,
)
from recode_bench.prompts.values import arena_values, pair_values, shown_version

__all__ = [
    "Message",
    "Prompt",
    "Template",
    "arena_values",
    "load_template",
    "pair_values",
    "parse_template",
    "render",
    "shown_version",
    "template_names",
]
