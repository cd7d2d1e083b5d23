#!/bin/sh
# Run once by the PostgreSQL image, before the server listens on the network: a database for Keycloak and one for
# the validator, each with a user of its own who can enter no other. No password is on a command line or in a log.
set -eu
for name in keycloak validator; do
  POSTGRES_NEW_USER=$name psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username=postgres --set=name="$name" <<'SQL'
SET log_min_error_statement = panic;
\set password `cat "/run/secrets/$POSTGRES_NEW_USER-database-password"`
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done
psql --quiet --no-psqlrc --username=postgres --command='REVOKE CONNECT ON DATABASE postgres FROM PUBLIC'
