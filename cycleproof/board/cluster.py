"""Jobs of the board on other machines: a Dask cluster. No other module knows of Dask.

A worker needs this package and ``distributed``, no shared disk, and trust in nobody: what it
answers is bound to the submission's digest, the frozen base and the versions (see ``run``).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from ..base.errors import MissingDependency, Unreadable
from ..base.install import install_hint
from .isolation import wardens
from .run import Place

_CONNECT_SECONDS = 10


@contextmanager
def cluster(address: str, recheck: float) -> Iterator[Place]:
    """The place for jobs on the cluster whose scheduler listens at ``address``.

    Raises ``MissingDependency`` without Dask, ``Unreadable`` where nobody answers or works.
    """
    try:
        from distributed import Client
    except ImportError:
        text = "--cluster needs Dask's distributed"
        raise MissingDependency(text, install_hint("cluster")) from None
    try:
        client = Client(address, timeout=_CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise Unreadable(f"--cluster {address}: no scheduler answers: {error!s:.200}") from None
    with client, wardens():
        slots = sum(client.nthreads().values())
        if not slots:
            raise Unreadable(f"--cluster {address}: no worker is connected to the scheduler")
        yield Place(client.get_executor(pure=False), slots, remote=True, recheck=recheck)
