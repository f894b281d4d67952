-- As whom the planning service knows teams and athletes: what the integration messages call them, built from the log alone.
CREATE TABLE integration_names (
    id uuid PRIMARY KEY,
    name text NOT NULL
);
