-- The role as which the read models are read on behalf of an organization: it sees rows of that organization and no
-- others, by policies that each table of a projection is made with (projections/tenancy.py). Roles belong to the whole
-- cluster: other databases, and their migrations at the same moment, use the same one.
DO $$
DECLARE
    advice CONSTANT text := format(
        'Run once as an administrator: CREATE ROLE mesocycle_reader NOLOGIN; GRANT mesocycle_reader TO %I;',
        current_user);
BEGIN
    IF to_regrole('mesocycle_reader') IS NULL THEN
        BEGIN
            CREATE ROLE mesocycle_reader NOLOGIN;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database's migration was faster
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'the user % may not create the role mesocycle_reader', current_user
                    USING ERRCODE = 'insufficient_privilege', HINT = advice;
        END;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mesocycle_reader' AND (rolsuper OR rolbypassrls)) THEN
        RAISE EXCEPTION 'the role mesocycle_reader is above row-level security, so it would see every organization'
            USING HINT = 'Run once as an administrator: ALTER ROLE mesocycle_reader NOSUPERUSER NOBYPASSRLS;';
    END IF;
    FOR attempt IN 1..10 LOOP
        EXIT WHEN pg_has_role(current_user, 'mesocycle_reader', 'SET');
        BEGIN
            EXECUTE format('GRANT mesocycle_reader TO %I', current_user);
        EXCEPTION
            WHEN unique_violation OR internal_error THEN
                NULL; -- another database's migration granted it at this moment: look again
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'the user % may not act as mesocycle_reader', current_user
                    USING ERRCODE = 'insufficient_privilege', HINT = advice;
        END;
    END LOOP;
END;
$$;

GRANT USAGE ON SCHEMA read_models TO mesocycle_reader;

-- How far whoever follows the log is, and what is still being carried out for whom: a team's status is read from these.
GRANT SELECT ON checkpoints TO mesocycle_reader;
GRANT SELECT (organization_id, team_id) ON phase_fan_outs TO mesocycle_reader;
ALTER TABLE phase_fan_outs ENABLE ROW LEVEL SECURITY;
CREATE POLICY organization ON phase_fan_outs FOR SELECT TO mesocycle_reader
    USING (organization_id = (SELECT current_setting('mesocycle.organization')::uuid));
