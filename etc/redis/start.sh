#!/bin/sh
# Writes the users with the passwords of the environment, as hashes, then becomes the server.
set -eu
umask 077
etc=$(dirname "$0")
run=${REDIS_RUN_DIR:-/run/redis}

hash() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }

sed -e "s/@GATEWAY@/$(hash "${REDIS_GATEWAY_PASSWORD:?}")/" \
    -e "s/@WORKER@/$(hash "${REDIS_WORKER_PASSWORD:?}")/" \
    -e "s/@EXPORTER@/$(hash "${REDIS_EXPORTER_PASSWORD:?}")/" \
    "$etc/users.acl.in" > "$run/users.acl"
unset REDIS_GATEWAY_PASSWORD REDIS_WORKER_PASSWORD REDIS_EXPORTER_PASSWORD
exec redis-server "$etc/redis.conf" --dir "$run" --aclfile "$run/users.acl" "$@"
