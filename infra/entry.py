"""Where the installed command begins: Ctrl-C while Python is still importing ends it without a traceback."""

import signal


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from infra.cli import main as command

    signal.signal(signal.SIGINT, signal.default_int_handler)
    command()
