"""When everything has come to rest, and whether all is well then: how every end-to-end test ends."""

from consumers.parking import due
from consumers.planning_listener import CONSUMER
from infra.event_store.audit import broken_links
from infra.main import Application
from projections.lag import lags
from projections.registry import PROJECTIONS
from tests.support.waiting import eventually

LAST_MESSAGE = "SELECT coalesce(max(era::numeric * 2::numeric ^ 96 + xid::numeric * 2::numeric ^ 32 + ordinal), 0)"
LISTENED = f"""
SELECT ({LAST_MESSAGE} FROM topic_messages WHERE topic = %(topic)s)
    <= coalesce((SELECT next_after FROM group_offsets
                 WHERE consumer_group = 'planning-listener' AND topic = %(topic)s), 0)
"""


def at_rest(app: Application) -> bool:
    """Every message was taken, every event reacted to and in every read model, by whatever processes run."""
    with app.pool.connection() as connection:
        row = connection.execute(LISTENED.encode(), {"topic": app.planning_topic}).fetchone()
        if row is None or not row[0] or not app.reactions.is_at_rest() or due(connection, CONSUMER, 1):
            return False
        behind = [lag for lag in lags(connection) if lag.events or lag.status != "live"]
        return not behind and len(lags(connection)) == len(PROJECTIONS)


def until_at_rest(app: Application, within_s: float = 60.0) -> None:
    eventually(lambda: at_rest(app), within_s)


def take_all(app: Application) -> None:
    """What the processes of the service would do, here and now, until nothing is left to do."""
    while not at_rest(app):
        app.projector.process_available()
        app.listener.process_available()
        app.resuming.resume()
        app.reactions.process_available()


def verify(app: Application) -> None:
    """Every read model is, row for row, what the log makes of it; and the log is what was written."""
    reports = [app.rebuilder.verify(projection) for projection in PROJECTIONS]
    assert {report.name: report.differences for report in reports if not report.clean} == {}
    with app.pool.connection() as connection:
        assert list(broken_links(connection)) == []
