"""`make bench`: the event store and the fan-out against `eventsourcing`'s own recorder and the bare database.

Everything in one run, on a PostgreSQL of its own with fsync on, so that the ratios are of one machine in one state.
"""
