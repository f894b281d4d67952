"""Row-level security: a reader sees the rows of one organization, whatever a query forgets to ask for.

The tables belong to whoever projects them, whom no policy hinders. Requests read as the role ``READER``, which owns
nothing: it sees the rows of the organization that its transaction names, of each table, and may write none.
``docs/adr/0017`` tells why.
"""

from typing import LiteralString

READER: LiteralString = "mesocycle_reader"
SETTING: LiteralString = "mesocycle.organization"
"""A transaction that has not set it gets an error for rows."""

# Each table has its owner in `organization_id`. In a subquery the setting is read once a query, not once a row.
POLICY: LiteralString = f"""
ALTER TABLE {{table}} ENABLE ROW LEVEL SECURITY;
CREATE POLICY organization ON {{table}} FOR SELECT TO {READER}
    USING (organization_id = (SELECT current_setting('{SETTING}')::uuid));
GRANT SELECT ON {{table}} TO {READER}
"""
ENTRY: LiteralString = f"GRANT USAGE ON SCHEMA {{schema}} TO {READER}"
# The rights and policies of whoever asks hold for what lies beneath the view, not those of the view's owner.
VIEW: LiteralString = "VIEW {view} WITH (security_invoker = true) AS SELECT * FROM {table}"
VIEW_GRANT: LiteralString = f"GRANT SELECT ON {{view}} TO {READER}"
