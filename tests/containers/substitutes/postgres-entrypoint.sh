#!/bin/sh
# In an empty data folder: a cluster whose superuser has the password of POSTGRES_PASSWORD_FILE, or whom nobody asks for
# one where POSTGRES_HOST_AUTH_METHOD is trust; then, on the socket alone, what lies in /docker-entrypoint-initdb.d.
# After that the server.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  auth="${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}"
  # shellcheck disable=SC2086 # several options
  initdb --username=postgres ${POSTGRES_PASSWORD_FILE:+--pwfile="$POSTGRES_PASSWORD_FILE"} --encoding=UTF8 --locale=C.UTF-8 \
    --auth-local=trust --auth-host="$auth" ${POSTGRES_INITDB_ARGS:-} >/dev/null
  echo "host all all all $auth" >>"$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
  pg_ctl --wait --options="-c listen_addresses=''" start
  for script in /docker-entrypoint-initdb.d/*.sh; do [ ! -e "$script" ] || "$script"; done
  pg_ctl --mode=fast --wait stop
fi
exec "$@"
