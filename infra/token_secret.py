"""The secret by which the embedded default signs its tokens: a file that only its owner can read, made once."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from infra.settings import InvalidSettingsError

NAME = "jwt-secret"
SECRET_BYTES = 32
"""As long as what HS256 makes of it: RFC 7518, 3.2."""


def secret_in(folder: Path, *, make: bool) -> bytes:
    """The secret that is kept in ``folder``. Raises InvalidSettingsError where there is none, or no good one."""
    path = folder / NAME
    if make:
        with suppress(FileExistsError):
            _make(path)
    try:
        # Not through a link: who can put one there would choose our secret.
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise InvalidSettingsError(f"there is no {path} yet. `mesocycle run` makes it at its first start.") from None
    except OSError as error:
        raise InvalidSettingsError(f"{path} cannot be read: {error.strerror}.") from None
    with os.fdopen(file, "rb") as opened:
        status, secret = os.fstat(file), opened.read()
    if status.st_mode & 0o077:
        raise InvalidSettingsError(f"{path} can be read by others. Delete it and start again: another one is made.")
    if len(secret) < SECRET_BYTES:
        raise InvalidSettingsError(f"{path} is too short. Delete it and start again: another one is made.")
    return secret


def _make(path: Path) -> None:
    """All of it or nothing, and never over one that is there: two that start at once end with the same secret."""
    if path.exists():
        return
    draft = path.with_name(f".{NAME}.{secrets.token_hex(8)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "wb") as opened:
            opened.write(secrets.token_bytes(SECRET_BYTES))
            opened.flush()
            os.fsync(file)
        os.link(draft, path)
    finally:
        draft.unlink()
