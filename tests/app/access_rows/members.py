"""Who sees and changes a coordinator's list and its rounds; what a firm reaches by its personal link."""

from io import BytesIO

from tests.app.access_table import DONE, only, public
from tests.app.world import World

HEADING = "企业名称,镇街\n示例塑料厂,长安镇\n"


def cluster(world: World) -> dict[str, object]:
    """The address of the cluster."""
    return {"cluster_id": world.cluster_id}


def invitee(world: World) -> dict[str, object]:
    """A firm of the list."""
    return {**cluster(world), "invitee_id": world.extra["invitee_id"]}


def handed_in(world: World) -> dict[str, object]:
    """A list that waits for a decision."""
    return {**cluster(world), "import_id": world.extra["import_id"]}


def campaign(world: World) -> dict[str, object]:
    """A round of the cluster."""
    return {**cluster(world), "campaign_id": world.extra["campaign_id"]}


def job(world: World) -> dict[str, object]:
    """A piece of work that the coordinator asked for."""
    return {**cluster(world), "job_id": world.extra["job_id"]}


def firm_form(_world: World) -> dict[str, object]:
    """One firm of the list, typed."""
    return {"name": "示例五金厂", "locale": "zh", "sector": ""}


def round_form(_world: World) -> dict[str, object]:
    """A round, typed."""
    return {"title": "2026", "opens_on": "2026-01-01", "closes_on": "2026-06-30"}


def a_file(_world: World) -> dict[str, object]:
    """A list as a file."""
    return {"file": (BytesIO(HEADING.encode()), "list.csv")}


ROWS = (
    only("members.index", values=cluster, coordinator=DONE),
    only("members.create", values=cluster, coordinator=DONE),
    only("members.create", method="POST", values=cluster, data=firm_form, coordinator=DONE),
    only("members.show", values=invitee, coordinator=DONE),
    only("members.show", method="POST", values=invitee, data=firm_form, coordinator=DONE),
    only("members.remove", method="POST", values=invitee, coordinator=DONE),
    only("members.bounce", method="POST", values=invitee, coordinator=DONE),
    only("members.renew", method="POST", values=invitee, coordinator=DONE),
    only("members.export", method="POST", values=cluster, coordinator=DONE),
    only("members.template", values=cluster, coordinator=DONE),
    only("members.upload", values=cluster, coordinator=DONE),
    only("members.upload", method="POST", values=cluster, data=a_file, coordinator=DONE),
    only("members.preview", values=handed_in, coordinator=DONE),
    only("members.confirm", method="POST", values=handed_in, data=lambda _: {"digest": "0"}, coordinator=DONE),
    only("members.give_up", method="POST", values=handed_in, coordinator=DONE),
    only("members.errors", values=handed_in, coordinator=DONE),
    only("members.work", values=job, coordinator=DONE),
    only("members.state", values=job, coordinator=DONE),
    only("members.file", values=job, coordinator=DONE),
    public("members.invitation", values=lambda w: {"token": w.extra["invitee_token"]}),
    public("members.begin", method="POST", values=lambda w: {"token": w.extra["invitee_token"]}),
    public("members.unsubscribe", values=lambda w: {"token": w.extra["unsubscribe_token"]}),
    public("members.unsubscribe", method="POST", values=lambda w: {"token": w.extra["unsubscribe_token"]}),
    only("campaigns.index", values=cluster, coordinator=DONE),
    only("campaigns.create", values=cluster, coordinator=DONE),
    only("campaigns.create", method="POST", values=cluster, data=round_form, coordinator=DONE),
    only("campaigns.show", values=campaign, coordinator=DONE),
    only("campaigns.edit", values=campaign, coordinator=DONE),
    only("campaigns.edit", method="POST", values=campaign, data=round_form, coordinator=DONE),
    only("campaigns.send", method="POST", values=campaign, data=lambda _: {"mail": "reminder"}, coordinator=DONE),
    only("campaigns.letters", method="POST", values=campaign, data=lambda _: {"choice": "no_mail"}, coordinator=DONE),
    only("admin.bounce", method="POST", values=lambda w: {"message_id": w.extra["message_id"]}, admin=DONE),
)
