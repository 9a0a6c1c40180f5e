"""The widget's own tests, run with the rest."""

from __future__ import annotations

import re
import subprocess

from tests.browser.conftest import WIDGET, build_widget


def test_the_widgets_own_tests_pass() -> None:
    build_widget()
    done = subprocess.run(["npm", "test", "--silent"], cwd=WIDGET, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Tests\D*\d+ passed", re.sub(r"\x1b\[\d+m", "", done.stdout)), done.stdout
