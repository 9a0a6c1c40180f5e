"""A Rasa server does its linear algebra in one thread once its model is loaded, and not before."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import scipy.linalg.blas  # noqa: F401 - SciPy brings a BLAS of its own
from threadpoolctl import threadpool_info, threadpool_limits

from hip.engine import threads


def count_threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


async def test_one_thread_from_the_loaded_model_on() -> None:
    run: Any = ModuleType("run")

    async def load_agent_on_start(model: str) -> tuple[str, set[int]]:
        return model, count_threads()

    run.load_agent_on_start = load_agent_on_start
    threads.replace(run)
    with threadpool_limits(limits=2, user_api="blas"):
        assert await run.load_agent_on_start("model.tar.gz") == ("model.tar.gz", {2})
        assert count_threads() == {1}
