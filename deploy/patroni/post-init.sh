#!/bin/sh
# Patroni calls this once, on the first leader, with a connection string: makes the program's two roles and its database.
# The owner migrates and owns the tables; the program's own role gets its privileges from
# `love-market migrate --app-role love_market`, among which changing or removing an entry of the books is not.
set -eu
: "${LOVE_MARKET_OWNER_PASSWORD:?}" "${LOVE_MARKET_DATABASE_PASSWORD:?}"
# The passwords go in by the environment, not on a command line that `ps` shows.
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname="$1" <<'SQL'
\getenv owner_password LOVE_MARKET_OWNER_PASSWORD
\getenv password LOVE_MARKET_DATABASE_PASSWORD
CREATE ROLE love_market_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE love_market LOGIN PASSWORD :'password';
-- A commit that waits for the replica would be cancelled by a timeout, and reported as done: see patroni.yml.
ALTER ROLE love_market SET statement_timeout = 0;
CREATE DATABASE love_market OWNER love_market_owner;
REVOKE ALL ON DATABASE love_market FROM PUBLIC;
GRANT CONNECT ON DATABASE love_market TO love_market;
SQL
