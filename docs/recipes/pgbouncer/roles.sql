-- For calcom-proxy behind PgBouncer in transaction mode: what the proxy sets once a session is the role's own setting
-- here, because a session of the pooler is shared. Four fifths of --database-timeout.
ALTER ROLE calcom_proxy SET statement_timeout = '8s';
