"""``python -m evaluation.reading``: reads messages given as JSON lines, and says what each cost.

As ``python -m hip.language``, with ``cpu_ms`` in each answer: processor time of this one message through the whole
language pipeline, milliseconds. ``--models`` names the folder of the model.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hip.json_lines import answer_lines
from hip.language.__main__ import describe
from hip.language.pipeline import MODELS, Pipeline


def main() -> int:
    """Read every line of standard input; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.reading", description=__doc__)
    parser.add_argument("--models", type=Path, default=MODELS)
    pipeline = Pipeline.load(parser.parse_args().models)
    return answer_lines(lambda row: _describe(pipeline, row))


def _describe(pipeline: Pipeline, row: Mapping[str, Any]) -> dict[str, Any]:
    began = time.process_time()
    described = describe(pipeline, row)
    return {**described, "cpu_ms": 1000 * (time.process_time() - began)}


if __name__ == "__main__":
    sys.exit(main())
