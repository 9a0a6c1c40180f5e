"""Names the pieces of Rasa's source that a replacement replaces or leans on, so that a test can see them change."""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

RASA_VERSION: Final = "3.6.21"


@dataclass(frozen=True)
class Original:
    """A function, method, class, assignment or bare call of Rasa, or of what it uses, as it was when we replaced it.

    Attributes:
        module: dotted name of the module.
        name: dotted name inside the module, such as ``RemoteAction.run``.
        lines: first and last line in that file, decorators left out.
        sha256: of those lines, its first 16 digits.
    """

    module: str
    name: str
    lines: tuple[int, int]
    sha256: str


def read_original(module: str, name: str) -> Original:
    """Read a piece of source as it is installed now, without importing it.

    Raises:
        LookupError: there is no such module or name.
    """
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise LookupError(f"no module {module}")
    text = Path(spec.origin).read_text(encoding="utf-8")
    node: ast.AST = ast.parse(text)
    for part in name.split("."):
        node = _child(node, part, f"{module}:{name}")
    first, last = node.lineno, node.end_lineno  # type: ignore[attr-defined]
    lines = text.splitlines()[first - 1 : last]
    return Original(module, name, (first, last), hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16])


def _child(node: ast.AST, name: str, place: str) -> ast.AST:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and child.name == name:
            return child
        if isinstance(child, ast.Assign) and [getattr(target, "id", None) for target in child.targets] == [name]:
            return child
        call = child.value if isinstance(child, ast.Expr) else None
        if isinstance(call, ast.Call) and getattr(call.func, "id", None) == name:
            return child
    raise LookupError(f"{place} is not there")
