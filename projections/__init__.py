"""The read models: their tables, what events do to them, and the queries on them. One file each."""
