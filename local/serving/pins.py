"""Writes the packages of a maintained image, as the app has them, from the stack's lock file.

Run as `python -m local.serving.pins`. Flows then run in Azure with the packages that served them
here.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent
MODULE = HERE.parents[1] / "shared" / "domain" / "kinds" / "prompt_flow" / "server_packages.py"
_PIN = re.compile(r"^([A-Za-z0-9._-]+==[^\s;\\]+)", re.MULTILINE)


def module_text() -> str:
    """Return the module's text."""
    pins = sorted(_PIN.findall((HERE / "requirements.txt").read_text()))
    return (
        '"""The packages of prompt flow\'s server. Written by local/serving/pins.py."""\n\n'
        'PACKAGES = """\\\n' + "".join(f"{each}\n" for each in pins) + '"""\n'
    )


if __name__ == "__main__":
    MODULE.write_text(module_text())
