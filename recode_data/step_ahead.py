"""Gets the next version step ready while this one is proved.

Downloads wait for the network and comparing surfaces uses one core, so both fit beside proofs.
Everything goes through the cache: the step itself finds there what was made for it, and meets by
itself whatever went wrong here.
"""

from __future__ import annotations

import logging
import threading

from recode_data.errors import RecodeError
from recode_data.records import VersionStep
from recode_data.sandbox import SandboxPool
from recode_data.step_changes import catalogued_context, step_changes
from recode_data.workspace import Workspace

logger = logging.getLogger(__name__)


class StepAhead:
    """One step that is being got ready, or none."""

    def __init__(self, workspace: Workspace, *, allow_weak: bool = False) -> None:
        self._workspace = workspace
        self._allow_weak = allow_weak
        self._thread: threading.Thread | None = None

    def start(self, step: VersionStep) -> None:
        """Get this step ready, as far as that goes."""
        self._thread = threading.Thread(  # a daemon: an interrupted build need not wait for it
            target=self._prepare, args=(step,), name=f"ahead {step}", daemon=True
        )
        self._thread.start()

    def wait(self) -> None:
        """Until nothing is being made any more."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _prepare(self, step: VersionStep) -> None:
        try:
            context = catalogued_context(step, self._workspace, allow_weak=self._allow_weak)
            with SandboxPool(size=4, allow_weak=self._allow_weak) as sandboxes:
                step_changes(context, self._workspace, sandboxes)
        except (RecodeError, OSError) as error:
            logger.debug("%s is not ready: %s", step, error)
