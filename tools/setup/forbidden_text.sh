#!/bin/sh
# Refuse what no commit may hold: a private key, a path of somebody's machine, a promise to do it later.
set -eu
cd "$(dirname "$0")/../.."

refuse() {  # refuse SENTENCE PATTERN
    if git grep -nIE "$2" -- . ':!LICENSE'; then
        echo "forbidden: $1 (the lines above)" >&2
        exit 1
    fi
}

refuse "a private key" 'BEGIN [A-Z ]*PRIVATE KE[Y]'
refuse "a path of one machine" '(^|[^A-Za-z0-9_.])/(home|work|root|Users)/[A-Za-z0-9_.-]+'
refuse "a promise to do it later" '\b(TOD[O]|FIXM[E]|XX[X])\b'
if git ls-files | grep -E '\.(pem|key|p12|pfx|sqlite3)$'; then
    echo "forbidden: a key or a database file (the names above)" >&2
    exit 1
fi
