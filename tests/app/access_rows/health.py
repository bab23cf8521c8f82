"""Who may ask whether the site is up."""

from tests.app.access_table import REACHED, public

ROWS = (
    public("health.alive"),
    public("health.ready", answer=REACHED),
)
