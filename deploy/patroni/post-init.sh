#!/bin/sh
# Patroni calls this once, on the first leader, with a connection string: makes the program's role and its database.
set -eu
: "${LOVE_MARKET_DATABASE_PASSWORD:?}"
# The password goes in by the environment, not on a command line that `ps` shows.
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname="$1" <<'SQL'
\getenv password LOVE_MARKET_DATABASE_PASSWORD
CREATE ROLE love_market LOGIN PASSWORD :'password';
-- A second wait for the replica would be cancelled by this timeout and reported as done: see patroni.yml.
ALTER ROLE love_market SET statement_timeout = 0;
CREATE DATABASE love_market OWNER love_market;
REVOKE ALL ON DATABASE love_market FROM PUBLIC;
SQL
