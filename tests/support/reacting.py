"""Reactions that die: each command of theirs is carried out, and nobody hears of the last."""

from typing import Any

from infra.main import Application


class Crash(Exception):
    pass


class CrashingRunner:
    """Has so many commands or bulks of them carried out, and dies before anybody hears of the last."""

    def __init__(self, app: Application, calls: int) -> None:
        self._app, self._left = app, calls

    def run(self, *args: Any, **kwargs: Any) -> Any:
        return self._dying(self._app.runner.run(*args, **kwargs))

    def run_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._dying(self._app.runner.run_many(*args, **kwargs))

    def _dying(self, result: object) -> object:
        self._left -= 1
        if self._left == 0:
            raise Crash
        return result
