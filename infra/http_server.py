"""Serves the API as one of the service's loops."""

import socket
import threading
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

LOOK_S = 0.1


class ApiServer:
    """Bound at once, so that a port in use is an error at the start. ``url`` has the real port."""

    def __init__(self, host: str, port: int, log_level: str) -> None:
        self._log_level = log_level
        self._socket = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}"

    def loop(self, app: FastAPI) -> Callable[[threading.Event], None]:
        """Serves ``app`` until told to stop; what is in flight is answered first."""

        def serve(stop: threading.Event) -> None:
            config = uvicorn.Config(app, log_level=self._log_level, log_config=None, access_log=False, lifespan="on")
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [self._socket]}, name="uvicorn")
            thread.start()
            while not stop.wait(LOOK_S):
                if not thread.is_alive():
                    raise RuntimeError("the HTTP server ended by itself; its log says why")
            server.should_exit = True
            thread.join()

        return serve
