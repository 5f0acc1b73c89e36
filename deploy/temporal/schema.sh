#!/bin/sh
# One-shot: creates and updates Temporal's two databases. Safe to repeat: a schema that is newer is left alone.
# Reads SQL_HOST, SQL_PORT, SQL_USER; the tool itself reads SQL_PASSWORD.
set -eu

schemas=/etc/temporal/schema/postgresql/v12

tool() {
  temporal-sql-tool --plugin postgres12 --ep "$SQL_HOST" -p "$SQL_PORT" -u "$SQL_USER" --db "$@"
}

prepare() {
  tool "$1" create
  tool "$1" setup-schema -v 0.0
  tool "$1" update-schema -d "$schemas/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
