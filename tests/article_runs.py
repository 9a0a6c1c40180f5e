"""Short hashes of every seven words in a row, to find the article's own sentences without keeping the article.

``python -m tests.article_runs ARTICLE > tests/article_runs.txt`` after the clinic has changed its article.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

LENGTH = 7


def find_runs(text: str) -> list[str]:
    """Every run of words in a text, as plain small letters."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", text.lower()))
    return [" ".join(words[at : at + LENGTH]) for at in range(len(words) - LENGTH + 1)]


def hash_run(run: str) -> str:
    """The hash a run is kept by."""
    return hashlib.sha256(run.encode()).hexdigest()[:10]


if __name__ == "__main__":
    article = Path(sys.argv[1]).read_text(encoding="utf-8")
    print("\n".join(sorted({hash_run(run) for line in article.splitlines() for run in find_runs(line)})))
