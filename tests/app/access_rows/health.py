"""Who may ask whether the site is up."""

from tests.app.access_table import public

ROWS = (
    public("health.alive"),
    public("health.ready", answer="200 or 503"),
)
