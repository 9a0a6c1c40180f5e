"""Makes the environment in .venv from the lock file, fetching ``uv`` when the machine has none.

Run by whatever Python the machine has, before anything is installed: standard library only, and syntax that an old
Python can read, so that it can say what is wrong.
"""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
from shutil import which

UV_VERSION = "0.13.9"
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OWN_UV = os.path.join(ROOT, ".uv", "bin", "uv")


def main(arguments: list[str]) -> int:
    """Install; with ``--dev`` the test and lint tools too. Returns the exit code."""
    if sys.version_info[:2] != (3, 11):
        return refuse(
            f"Python 3.11 is needed and this is {sys.version_info[0]}.{sys.version_info[1]}: install Python 3.11, "
            "or name it: make run PYTHON=/path/to/python3.11"
        )
    for name in ("pyproject.toml", "uv.lock"):
        if not os.path.exists(os.path.join(ROOT, name)):
            return refuse(f"{name} is missing from {ROOT}: get it back with `git checkout {name}`")
    uv = find_uv()
    if uv is None:
        print(f"Fetching uv {UV_VERSION} into .uv (the machine has none that fits)")
        if not fetch_uv():
            return refuse("uv could not be installed into .uv: see the lines above; the network is needed once")
        uv = OWN_UV
    # Compiled here, or every start would compile 2,000 modules wherever Python may not write beside them.
    command = [uv, "sync", "--locked", "--quiet", "--compile-bytecode"]
    # Without --inexact, `make run` after `make test` would take the test tools out, and `make test` put them back.
    command += ["--group", "dev"] if "--dev" in arguments else ["--no-group", "dev", "--inexact"]
    if not os.path.exists(os.path.join(ROOT, ".venv")):
        print("Making the environment in .venv (once; about 250 MB to fetch)")
        command += ["--python", sys.executable]
    environment = dict(os.environ, UV_PROJECT_ENVIRONMENT=os.path.join(ROOT, ".venv"))
    environment.pop("VIRTUAL_ENV", None)
    if subprocess.call(command, cwd=ROOT, env=environment) != 0:
        return refuse("the environment could not be made: see uv's lines above; try again, or delete .venv first")
    for package in ("hip", "actions"):  # uv compiles what it installed
        compileall.compile_dir(os.path.join(ROOT, package), quiet=2)
    return 0


def find_uv() -> str | None:
    """A uv of the version that this project is built with: in .uv, else on the path; None when there is none."""
    series = UV_VERSION.rpartition(".")[0] + "."
    for uv in (OWN_UV, which("uv")):
        if uv and os.path.exists(uv):
            found = subprocess.check_output([uv, "--version"]).decode().split()[1]
            if found.startswith(series):
                return uv
    return None


def fetch_uv() -> bool:
    """Put the pinned uv into .uv."""
    folder = os.path.join(ROOT, ".uv")
    return (
        subprocess.call([sys.executable, "-m", "venv", "--clear", folder]) == 0
        and subprocess.call([os.path.join(folder, "bin", "pip"), "install", "--quiet", "uv==" + UV_VERSION]) == 0
    )


def refuse(reason: str) -> int:
    """One clear line, and a failure."""
    sys.stderr.write(reason + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
