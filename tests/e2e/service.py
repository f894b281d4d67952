"""The service as a process of its own, started, watched and ended as a person or a supervisor does it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.waiting import eventually

KEPT = ("PATH", "HOME", "LANG")
PATIENCE_S = 60.0
AUTH_SECRET = "for a service on a database of somebody's"
"""Without one it would refuse to start there."""


class Service:
    """``said`` is all that it printed so far, logged lines included; ``output`` may hold more, of those before it."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: Path, begin: int) -> None:
        self.process = process
        self._output = output
        self._begin = begin

    @property
    def said(self) -> str:
        return self._output.read_bytes()[self._begin :].decode(errors="replace")

    def until_said(self, text: str) -> "Service":
        """Waits for it; a process that ends before fails the test."""

        def seen() -> bool:
            ended = self.process.poll() is not None
            if text in self.said:
                return True
            assert not ended, f"it ended with {self.process.returncode}:\n{self.said}"
            return False

        eventually(seen, PATIENCE_S)
        return self

    @property
    def url(self) -> str:
        """Of its API; waits until that is up."""
        self.until_said("/docs")
        [word, *_] = (word for word in self.said.split() if word.startswith("http://") and "/docs" in word)
        return word.partition("/docs")[0]

    def kill(self) -> None:
        """As `kill -9`, or a power cut for one process."""
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def ask_to_stop(self) -> int:
        """Its exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE_S)

    def ctrl_c(self) -> int:
        """As a terminal does it: every process that belongs to the command is told. Its exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE_S)


@contextmanager
def mesocycle(output: Path, *arguments: str, **environment: str) -> Iterator[Service]:
    """Runs the command while the block does; where the block has not ended it, it is killed."""
    with output.open("ab") as file:
        begin = file.tell()
        process = subprocess.Popen(
            [program(), *arguments],
            env=environment_with(environment),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    service = Service(process, output, begin)
    try:
        yield service
    finally:
        if process.poll() is None:
            service.kill()


def ran(*arguments: str, stdin: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
    """A command that ends by itself."""
    return subprocess.run(
        [program(), *arguments],
        env=environment_with(environment),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


def program() -> str:
    return str(Path(sys.executable).with_name("mesocycle"))


def environment_with(variables: dict[str, str]) -> dict[str, str]:
    """Nothing of what is set where the tests run, but for what every process needs."""
    return {**{name: os.environ[name] for name in KEPT if name in os.environ}, **variables}
