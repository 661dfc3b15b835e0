"""`recode-data push`."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("repo_id")
@click.option(
    "--private",
    is_flag=True,
    help="Make the dataset private; refused where a public one has that name already.",
)
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
def push(folder: Path, repo_id: str, private: bool, dry_run: bool) -> None:
    """Publish a built folder as a dataset on the Hugging Face Hub.

    One commit holds everything, with a tag for the build. The token comes from HF_TOKEN or from `hf
    auth login`. A push that was cut off goes on when the same command is given again.

    \b
    Example:
      recode-data push pairs OWNER/NAME --dry-run
    """
    from recode_data.publish.hub import STALE, plan_push
    from recode_data.publish.hub import push as push_folder

    plan = plan_push(folder, repo_id, private)
    if dry_run:
        for file in plan.files:
            click.echo(f"{file.size:>12}  {file.sha256}  {file.path}")
        kind = "private" if private else "public"
        click.echo(f"{plan.size:>12}  in all, to the {kind} dataset {repo_id}")
        click.echo(f"commit: {plan.title}; tag: {plan.tag}; other {STALE} there would be removed")
        return
    _quiet_client()
    click.echo(push_folder(folder, plan))
    click.echo(
        f'load_dataset("{repo_id}", revision="{plan.tag}") gives exactly these rows', err=True
    )


def _quiet_client() -> None:
    """The Hub client draws progress bars whether or not anybody looks at them."""
    import logging

    from huggingface_hub.utils.tqdm import disable_progress_bars

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    if not sys.stderr.isatty():
        disable_progress_bars()
