"""Holds what a page or a record names as evidence against the files there are."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from hip.content import ROOT


@cache
def functions_of(path: Path) -> frozenset[str]:
    """Names of the functions at the top of a module, or in its classes; empty when there is no such file."""
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))


def named_tests(text: str) -> list[tuple[str, str]]:
    """File and name of every function that a text names as ```tests/file.py::name```."""
    return re.findall(r"`((?:tests|hip)/[\w/]+\.py)::(\w+)`", text)


def check_page(page: Path) -> None:
    """Every test, function, file and folder that a page names is there."""
    text = page.read_text(encoding="utf-8")
    for file, name in named_tests(text):
        assert name in functions_of(ROOT / file), (file, name)
    for path in re.findall(r"`((?:clinic|docs|hip|tests|evaluation|deploy|benchmarks)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path
