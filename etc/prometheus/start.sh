#!/bin/sh
# Writes the token that it shows the gateways into memory, then becomes Prometheus.
set -eu
umask 077
printf %s "${METRICS_TOKEN:?}" > "${SECRETS_DIR:-/run/secrets}/metrics_token"
unset METRICS_TOKEN
exec prometheus "$@"
