#!/bin/sh
# Makes the secrets of compose.yaml in ./secrets, once. Keep a copy of node.env elsewhere: without the master key in it the app
# keys in the database can't be read.
set -eu
cd "$(dirname "$0")"
if [ -e secrets ]; then
  echo "deploy/compose/secrets exists already; nothing was changed." >&2
  exit 1
fi
umask 077
mkdir secrets
password=$(openssl rand -hex 24)
# Not writable, but readable for the image's own user, which starts the database.
printf '%s' "$password" >secrets/postgres-password
chmod 0444 secrets/postgres-password
cat >secrets/node.env <<END
ROOKERY_MASTER_KEY=$(openssl rand -hex 32)
ROOKERY_DATABASE_URL=postgres://rookery:$password@postgres:5432/rookery
END
echo "Made deploy/compose/secrets. Keep a copy of secrets/node.env in a safe place."
