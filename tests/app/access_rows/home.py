"""The pages for everybody."""

from tests.app.access_table import public

ROWS = (
    public("home.index"),
    public("home.start", query={"sector": "molds"}),
    public("home.about"),
    public("home.privacy"),
    public("home.set_language", values=lambda _: {"code": "en"}),
    public("home.robots"),
    public("home.favicon"),
)
