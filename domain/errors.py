"""Why a command was refused: a stable code, a sentence for a person, and what to do about it."""


class DomainError(Exception):
    """A rule said no. ``code`` is stable and may be matched by clients; ``hint`` says what to do."""

    code = "rule-violated"
    hint = "Read the current state and send a command that fits it."

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class NotFound(DomainError):
    """The addressed thing does not exist, or belongs to another organization: the two are not told apart."""

    code = "not-found"
    hint = "Check the id; it must belong to your organization."


class AlreadyExists(DomainError):
    code = "already-exists"
    hint = "Use another id, or a command that changes what is there."


class IdTaken(AlreadyExists):
    """Something of another kind has the id."""

    code = "id-taken"
    hint = "Choose another id, or leave it out where one is made for you."
