"""Processes that follow a log, a topic or the clock; one file each."""
