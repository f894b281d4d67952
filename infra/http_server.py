"""Serves the API as one of the service's loops."""

import os
import socket
import threading
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from infra.http_protocol import LONGEST_HEAD, patient

LOOK_S = 0.1
HEAD_TIMEOUT_S = 10.0


class CannotListen(Exception):
    """The API's address is not to be had; the message says why and what to do."""


class ApiServer:
    """Bound at once, so that a port in use is an error at the start. ``url`` has the real port.

    A request's head must come within ``head_timeout_s``.
    """

    def __init__(self, host: str, port: int, log_level: str, *, head_timeout_s: float = HEAD_TIMEOUT_S) -> None:
        self._log_level = log_level
        self._head_timeout_s = head_timeout_s
        shown = f"[{host}]" if ":" in host else host
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._socket = socket.create_server((host, port), family=family)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error
            raise CannotListen(
                f"the API cannot listen on {shown}:{port}: {reason}. "
                "Set PORT to another one (0: any free one), or HOST to an address of this machine."
            ) from error
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}"

    def close(self) -> None:
        self._socket.close()

    def loop(self, app: FastAPI) -> Callable[[threading.Event], None]:
        """Serves ``app`` until told to stop; what is in flight is answered first."""

        def serve(stop: threading.Event) -> None:
            config = uvicorn.Config(
                app,
                http=patient(self._head_timeout_s),
                h11_max_incomplete_event_size=LONGEST_HEAD,
                log_level=self._log_level,
                log_config=None,
                access_log=False,
                lifespan="on",
            )
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [self._socket]}, name="uvicorn")
            thread.start()
            while not stop.wait(LOOK_S):
                if not thread.is_alive():
                    raise RuntimeError("the HTTP server ended by itself; its log says why")
            server.should_exit = True
            thread.join()

        return serve
