#!/bin/sh
# Start SeaweedFS with one identity, whose keys come from the environment and are written into no image.
set -eu
umask 077
config=/tmp/s3.json
printf '{"identities": [{"name": "muctieu", "credentials": [{"accessKey": "%s", "secretKey": "%s"}], "actions": ["Admin", "Read", "Write", "List"]}]}' \
    "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" >"$config"
exec "${WEED:-weed}" server -dir="${STORE_DIR:-/data}" -ip="${STORE_HOST:-store}" -ip.bind="${STORE_BIND:-0.0.0.0}" -filer -s3 -s3.config="$config" \
    -master.telemetry=false "$@"
