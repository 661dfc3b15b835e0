"""The same work on a Ray cluster, the engine that verl and OpenRLHF users already run.

Workers find the cache folder and the toolkit under the same paths as the caller: on several
machines, both lie on a shared file system. Queueing, retries and lost workers are Ray's business.
"""

from __future__ import annotations

import itertools
import re
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from recode_data.errors import EnvironmentLacksError, RecodeError
from recode_data.executor import OUTSTANDING_PER_JOB, ItemT, NotYet, ResultT

CONNECT_TIMEOUT_S = 10.0


class RayExecutor:
    """Tasks on Ray; joins a cluster that this process is connected to already.

    Args:
        jobs: CPUs of a cluster made here; of another one, all are used.
        address: Of a running cluster, as `ray.init` takes it; None to start one here.

    Raises:
        EnvironmentLacksError: Ray is not installed, or no cluster answers.
    """

    def __init__(self, jobs: int, address: str | None = None) -> None:
        self._ray = _ray()
        self._is_ours = not self._ray.is_initialized()
        if self._is_ours:
            _check_listens(address)
            own = {"num_cpus": jobs, "include_dashboard": False} if address is None else {}
            try:
                self._ray.init(
                    address=address or "local", log_to_driver=False, logging_level="error", **own
                )
            except (ConnectionError, RuntimeError, ValueError, OSError) as error:
                raise _no_cluster(address or "this machine", error) from error

    def map(
        self, function: Callable[[ItemT], ResultT], items: Iterable[ItemT | NotYet]
    ) -> Iterator[ResultT]:
        """Results in the order in which they finish.

        Raises:
            RecodeError: workers keep dying; or what the function raised.
        """
        cpus = int(self._ray.cluster_resources().get("CPU", 1))
        remote = self._ray.remote(function)
        waiting = iter(items)
        pending: list[Any] = []
        while True:
            wanted = itertools.islice(waiting, cpus * OUTSTANDING_PER_JOB - len(pending))
            ready = itertools.takewhile(lambda item: not isinstance(item, NotYet), wanted)
            pending.extend(remote.remote(item) for item in ready)
            if not pending:
                return
            (done,), pending = self._ray.wait(pending, num_returns=1)
            yield self._result(done)

    def _result(self, reference: Any) -> Any:
        try:
            return self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause from error
        except self._ray.exceptions.RayError as error:
            raise RecodeError(f"Ray lost a task for good: {error}") from error

    def close(self) -> None:
        """Leave the cluster, and end it where it was started here."""
        if self._is_ours:
            self._ray.shutdown()


def _check_listens(address: str | None) -> None:
    """Ray itself waits minutes for a cluster that is not there."""
    matched = re.fullmatch(r"(?:ray://)?([^:/]+):(\d+)", address or "")
    if matched is None:
        return
    try:
        socket.create_connection((matched[1], int(matched[2])), CONNECT_TIMEOUT_S).close()
    except OSError as error:
        raise _no_cluster(matched[0], error) from error


def _no_cluster(address: str, error: Exception) -> EnvironmentLacksError:
    return EnvironmentLacksError(
        f"no Ray cluster at {address}: {error}",
        "start one with `ray start --head` and give its address, or use --executor local",
    )


def _ray() -> Any:
    try:
        import ray
    except ImportError as error:
        raise EnvironmentLacksError(
            "--executor ray needs Ray, which is not installed", "pip install 'recode-toolkit[ray]'"
        ) from error
    return ray
