"""How far claims usually stand from findings: for consultants and administrators."""

from tests.app.access_table import DONE, only

ROWS = (
    only("calibrations.show", consultant=DONE, admin=DONE),
    only("calibrations.export", consultant=DONE, admin=DONE),
)
