"""How far claims usually stand from what was found: a page for consultants and administrators, and its figures."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.access.guard import access
from app.access.policy import Permission as P
from app.errors import NotFoundError
from app.queries.calibrations import list_calibrated_trades, list_calibrations
from app.services.spreadsheets import write_workbook
from app.web.calibrations.presenters import calibration_sheets, present_calibration, sheet_name
from app.web.downloads import send_bytes
from scoring.calibration import ALL
from scoring.content.serving import served_sectors

blueprint = Blueprint("calibrations", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/calibration")
@access(P.CALIBRATION_READ)
def show() -> ResponseReturnValue:
    """All trades together, or the one in the address."""
    sector = _sector()
    page = present_calibration(list_calibrations(sector), list_calibrated_trades())
    return render_template("calibrations/show.html", page=page)


@blueprint.get("/calibration.xlsx")
@access(P.CALIBRATION_READ)
def export() -> ResponseReturnValue:
    """The same figures as a workbook."""
    found = list_calibrations(_sector())
    return send_bytes(write_workbook(calibration_sheets(found)), sheet_name(found), XLSX, plain="calibration")


def _sector() -> str:
    sector = request.args.get("sector", ALL)
    if sector != ALL and sector not in served_sectors():
        raise NotFoundError
    return sector
