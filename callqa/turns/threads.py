"""How the models of this layer use the processors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread_each(num_workers: int) -> Iterator[None]:
    """Within it, threads that are started compute with their share of torch's threads only.

    One batch shares out badly over processors, for a recurrent layer goes step by step, and
    threads that wait for each other at each step lose many times over when another program wants
    a processor as well. Whole batches side by side do not wait.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(max(1, threads // num_workers))
    try:
        yield
    finally:
        torch.set_num_threads(threads)
