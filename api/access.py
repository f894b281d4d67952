"""Who may do what: the one place where that is decided.

A route asks for what it is about, ``access.team(team_id)``, and gets it or an error. What belongs to another
organization, or is not one's own, is not found: whether it is there is not told. Who may see something and not change
it is told so (403). Below, "own" means: a coach's are the teams that the token names and those that have appointed the
coach, with their players and workouts; an athlete's are the workouts planned for them, and the teams that they play in.

=============  ===============================  =====================  =======================================
what           see                              change                 tell what happened
=============  ===============================  =====================  =======================================
organization   all of its people                admin                  admin, service: the planning's events
team           admin, service, own              admin, own of a coach  admin, service, own of a coach: sync
athlete        admin, service, own, oneself     admin, own of a coach  nobody
assignment     admin, service, own              admin, own of a coach  admin, service, own: done, skipped
template       admin, service, coach            admin, coach           nobody
=============  ===============================  =====================  =======================================

An athlete sees the team's phase, and of its board the own entries only (``only_athlete``). Row-level security lies
beneath all of it: ``reading`` lends connections on which no other organization has any rows.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, NamedTuple, assert_never
from uuid import UUID

from fastapi import Depends, Request

from api.authentication import whoever_asks
from api.correlation import correlation_id_of
from api.principal import Principal, Role
from api.problems import Refused
from api.services import Services
from domain.assignment import AssignmentPlanned
from domain.errors import NotFound
from domain.ids import AthleteId, OrganizationId
from domain.ports import Caller
from projections import belonging, template_library
from projections.belonging import AssignmentStanding, AthleteStanding, Reader
from projections.teams import TeamRow
from projections.template_library import TemplateContent

ADMIN, SERVICE, COACH, ATHLETE = Role.ADMIN, Role.SERVICE, Role.COACH, Role.ATHLETE


class Rule(NamedTuple):
    """Which roles may, of what they may see at all."""

    see: tuple[Role, ...]
    change: tuple[Role, ...]
    tell: tuple[Role, ...]


RULES: Mapping[str, Rule] = {
    "organization": Rule((ADMIN, SERVICE, COACH, ATHLETE), (ADMIN,), (ADMIN, SERVICE)),
    "team": Rule((ADMIN, SERVICE, COACH, ATHLETE), (ADMIN, COACH), (ADMIN, SERVICE, COACH)),
    "athlete": Rule((ADMIN, SERVICE, COACH, ATHLETE), (ADMIN, COACH), ()),
    "assignment": Rule((ADMIN, SERVICE, COACH, ATHLETE), (ADMIN, COACH), (ADMIN, SERVICE, COACH, ATHLETE)),
    "template": Rule((ADMIN, SERVICE, COACH), (ADMIN, COACH), ()),
}


@dataclass(frozen=True, slots=True)
class Access:
    """Of one request. With ``on``, what is asked for is looked up on that connection of ``reading``."""

    principal: Principal
    services: Services

    @property
    def organization_id(self) -> OrganizationId:
        return self.principal.organization_id

    @property
    def only_athlete(self) -> AthleteId | None:
        """Whose entries alone may be shown in a list; None: everybody's."""
        return self.principal.athlete_id if self.principal.role is ATHLETE else None

    @property
    def everything(self) -> bool:
        """Whether a list shows all that the organization has, and not only one's own."""
        return self.principal.role in (ADMIN, SERVICE)

    def caller(self, request: Request) -> Caller:
        """On whose behalf the request's commands run."""
        correlation_id = correlation_id_of(request.scope)
        assert correlation_id is not None, "the outermost middleware gives every request one"
        return Caller(self.organization_id, self.principal.subject, UUID(correlation_id))

    @contextmanager
    def reading(self, on: Reader | None = None) -> Iterator[Reader]:
        """A connection that sees what the organization has; not a second one where there is one already."""
        if on is not None:
            yield on
            return
        with self.services.reading(self.organization_id) as connection:
            yield connection

    def organization(self, *, change: bool = False, tell: bool = False) -> OrganizationId:
        self._may("organization", change, tell)
        return self.organization_id

    def team(self, team_id: UUID, *, change: bool = False, tell: bool = False, on: Reader | None = None) -> TeamRow:
        with self.reading(on) as connection:
            found = belonging.team(connection, self.asker(), team_id)
        if found is None or not self._sees("team", found.coached, found.played):
            raise NotFound(f"there is no team {team_id}")
        self._may("team", change, tell)
        return found.row

    def athlete(self, athlete_id: UUID, *, change: bool = False, on: Reader | None = None) -> AthleteStanding:
        with self.reading(on) as connection:
            found = belonging.athlete(connection, self.asker(), athlete_id)
        if found is None or not self._sees("athlete", found.coached, athlete_id == self.only_athlete):
            raise NotFound(f"there is no athlete {athlete_id}")
        self._may("athlete", change)
        return found

    def assignment(
        self, assignment_id: UUID, *, change: bool = False, tell: bool = False, on: Reader | None = None
    ) -> AssignmentStanding:
        with self.reading(on) as connection:
            found = belonging.assignment(connection, self.asker(), assignment_id)
        if found is None or not self._sees("assignment", found.coached, found.athlete_id == self.only_athlete):
            raise NotFound(f"there is no assignment {assignment_id}")
        self._may("assignment", change, tell)
        return found

    def planned(self, event: AssignmentPlanned) -> None:
        """Likewise, of an assignment of the organization that was read from the log, where it is at once."""
        coached = False
        if self.principal.role is COACH:
            with self.reading() as connection:
                team = belonging.team(connection, self.asker(), event.team_id)
            coached = team is not None and team.coached
        if not self._sees("assignment", coached, event.athlete_id == self.only_athlete):
            raise NotFound(f"there is no assignment {event.assignment_id}")

    def template(
        self, template_id: UUID, *, version: int | None = None, change: bool = False, on: Reader | None = None
    ) -> TemplateContent:
        with self.reading(on) as connection:
            found = template_library.template(connection, template_id, version)
        own = found is not None and found.organization_id == self.organization_id
        if found is None or not self._sees("template", own, own) or not own:
            raise NotFound(f"there is no template {template_id}")
        self._may("template", change)
        return found

    def templates(self, *, change: bool = False) -> OrganizationId:
        """All of them, or one that is yet to be made. Raises Refused."""
        self._among(RULES["template"].see, "see templates")
        self._may("template", change)
        return self.organization_id

    def _sees(self, what: str, coached: bool, oneself: bool) -> bool:
        if self.principal.role not in RULES[what].see:
            return False
        match self.principal.role:
            case Role.ADMIN | Role.SERVICE:
                return True
            case Role.COACH:
                return coached
            case Role.ATHLETE:
                return oneself
            case _:
                assert_never(self.principal.role)

    def _may(self, what: str, change: bool = False, tell: bool = False) -> None:
        """Of what was found already. Raises Refused."""
        rule = RULES[what]
        for wanted, roles, done in ((change, rule.change, f"change this {what}"), (tell, rule.tell, "tell this")):
            if wanted:
                self._among(roles, done)

    def _among(self, roles: tuple[Role, ...], done: str) -> None:
        if self.principal.role not in roles:
            raise Refused(
                HTTPStatus.FORBIDDEN,
                "forbidden",
                f"the role {self.principal.role} may not {done}",
                f"Ask with a token of the role {' or '.join(roles)}.",
            )

    def asker(self) -> belonging.Asker:
        """Whose one's own is, for queries that list it."""
        principal = self.principal
        now = self.services.clock.now()
        return belonging.Asker(self.organization_id, principal.subject, principal.teams, self.only_athlete, now)


async def access_of(request: Request, principal: Annotated[Principal, Depends(whoever_asks)]) -> Access:
    """Async, for what needs no waiting needs no thread."""
    return Access(principal, request.app.state.services)


Asking = Annotated[Access, Depends(access_of)]
"""How a route takes it: ``access: Asking``."""
