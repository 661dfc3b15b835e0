"""What the prompts of each task can name."""

from __future__ import annotations

from recode_data.records import MigrationPair


def pair_values(pair: MigrationPair) -> dict[str, str]:
    """Values for the prompts of a migration pair.

    Versions are shown whole. The published prompt cuts two characters off every version, taken to
    be "==", and so asks for version "17" of 96 rows that mean 0.17.
    """
    old_version, new_version = shown_version(pair.old_version), shown_version(pair.new_version)
    library = pair.dependency
    return {
        "library": library,
        "old_version": old_version,
        "new_version": new_version,
        "old_release": f"{library} {old_version}" if old_version else f"an older {library}",
        "update_info": pair.update_info.strip(),
        "description": pair.description.strip(),
        "old_code": pair.old_code.strip("\n"),
        "old_api": pair.old_api,
    }


def arena_values(
    *,
    package: str,
    function_path: str,
    description: str,
    signature: str,
    docstring: str,
    scenario: str,
    problem: str,
    solution_signature: str,
    test: str,
) -> dict[str, str]:
    """Values for the prompts of a CodeUpdateArena problem.

    Args:
        package: import name of the updated library.
        function_path: dotted path of the function as it was.
        description: of the update.
        signature: of the updated function.
        docstring: documentation of the change.
        scenario: who needs the solution.
        problem: what it has to do.
        solution_signature: `def` line of the solution, perhaps without `def` or colon.
        test: source of one test.
    """
    return {
        "package": package,
        "function_path": function_path,
        "description": description.strip(),
        "signature": signature.strip(),
        "docstring": docstring.strip(),
        "scenario": scenario.strip(),
        "problem": problem.strip(),
        "solution_signature": solution_signature.strip(),
        "test": test.strip("\n"),
    }


def shown_version(version: str) -> str:
    """A version without the `==` that the paper's file puts before most of them."""
    return version.strip().removeprefix("==").strip()
