"""`python -m app.reports` prepares the fonts at set-up."""

import sys

from app.reports.fonts import main

if __name__ == "__main__":
    sys.exit(main())
