"""What the tests need beyond Python packages: a Chromium, the pdf tools of nobody else, and the report's fonts.

Installs Chromium through the system's packages where that is allowed (root); elsewhere it says clearly which tests are
skipped. With CI=true a missing part is an error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONTS_FOR_PAGES = "fonts-noto-cjk"


def browser() -> str | None:
    """Path of an installed Chromium, or None."""
    return os.environ.get("CHROMIUM") or next((p for name in BROWSERS if (p := shutil.which(name))), None)


def main() -> int:
    if browser() is None and shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing Chromium for the browser tests …", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        packages = ["chromium", FONTS_FOR_PAGES, "libpango-1.0-0", "libpangoft2-1.0-0"]
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], check=False, **quiet)
    if browser() is None:
        print("No Chromium found and none could be installed: the browser tests are skipped.", file=sys.stderr)
        if os.environ.get("CI") == "true":
            return 1
    return subprocess.run([sys.executable, "-m", "app.reports"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
