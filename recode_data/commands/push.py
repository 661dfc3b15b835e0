"""`recode-data push`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("repo_id")
@click.option("--private", is_flag=True, help="Make the dataset private if it does not exist yet.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
def push(folder: Path, repo_id: str, private: bool, dry_run: bool) -> None:
    """Publish a built folder as a dataset on the Hugging Face Hub.

    The token comes from HF_TOKEN or from `hf auth login`. A push that was cut off goes on when the
    same command is given again.

    \b
    Example:
      recode-data push pairs OWNER/NAME --dry-run
    """
    from recode_data.publish.hub import plan_push
    from recode_data.publish.hub import push as push_folder

    plan = plan_push(folder, repo_id, private)
    if dry_run:
        for file in plan.files:
            click.echo(f"{file.size:>12}  {file.sha256[:12]}  {file.path}")
        kind = "private" if private else "public"
        click.echo(f"{plan.size:>12}  in all, to the {kind} dataset {repo_id}, tag {plan.tag}")
        return
    click.echo(push_folder(folder, plan))
