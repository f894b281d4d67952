"""The bus: topics kept in PostgreSQL, and how the store's events look as messages."""
