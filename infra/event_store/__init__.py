"""The event store: PostgreSQL, append only. Writers do not queue up, readers never skip (docs/adr/0002)."""
