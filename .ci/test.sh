#!/usr/bin/env bash
# Everything that must hold: types, style, dead code, the whole suite on the embedded PostgreSQL, and what speaks to the
# database once more on a throw-away cluster of PostgreSQL 15 to 18 where the system has one. Ends in one line `N passed, N failed` over all of them.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
exec </dev/null

passed=0
failed=0
work=$(mktemp -d)
chmod 755 "$work"
server=''

clean_up() {
  if [ -n "$server" ] && kill -INT "$server" 2>/dev/null; then
    for _ in $(seq 100); do
      kill -0 "$server" 2>/dev/null || break
      sleep 0.1
    done
  fi
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# step SECONDS NAME COMMAND...: counts as one passed or failed.
step() {
  local limit=$1 name=$2
  shift 2
  echo "== $name"
  if timeout "$limit" "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "== $name: FAILED"
  fi
}

# suite NAME ARGUMENT...: runs the tests and adds up what their own closing line says.
suite() {
  echo "== $1"
  local log="$work/suite.log" code line
  timeout 600 vitest run "${@:2}" 2>&1 | tee "$log"
  code=${PIPESTATUS[0]}
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -1)
  read -r ok _ bad _ <<<"${line:-0 passed, 0 failed}"
  # A run that was cut off, or failed without saying so, is a failure too.
  if [ -z "$line" ] || { [ "$code" != 0 ] && [ "$bad" = 0 ]; }; then bad=$((bad + 1)); fi
  passed=$((passed + ok))
  failed=$((failed + bad))
}

# Answers the folder of PostgreSQL's programs, the oldest supported version first.
find_postgres() {
  local version
  for version in 15 16 17 18; do
    if [ -x "/usr/lib/postgresql/$version/bin/initdb" ]; then
      echo "/usr/lib/postgresql/$version/bin"
      return
    fi
  done
  command -v initdb >/dev/null && dirname "$(command -v initdb)"
}

# PostgreSQL refuses to run as root.
as_service_user() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

# Starts a cluster nobody else uses, on a free port of the loopback, and sets `server` to its pid.
start_postgres() {
  local bin=$1 data="$work/cluster" port password
  port=$(node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")
  password=$(node -p "require('crypto').randomBytes(16).toString('hex')")
  mkdir "$data" && echo "$password" >"$work/password"
  if [ "$(id -u)" = 0 ]; then chown postgres "$data" "$work/password"; fi
  as_service_user "$bin/initdb" -D "$data" -U admin --pwfile="$work/password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 >"$work/initdb.log" 2>&1 || { cat "$work/initdb.log"; return 1; }
  as_service_user "$bin/pg_ctl" -D "$data" -w -t 60 -l "$data/log" start \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200" \
    >/dev/null || { cat "$data/log"; return 1; }
  server=$(head -1 "$data/postmaster.pid")
  export TEST_DATABASE_URL="postgres://admin:$password@127.0.0.1:$port/postgres"
}

step 180 'types' npm run --silent types
step 120 'lint, format, dead code' npm run --silent lint
suite 'the suite on the embedded PostgreSQL'

postgres=$(find_postgres)
if [ -z "$postgres" ]; then
  echo '== SKIPPED: the suite on an external PostgreSQL, for none of the versions 15 to 18 is installed'
elif start_postgres "$postgres"; then
  # Without what would only be said twice: pages in a browser, the reading of pictures, benchmarks, the embedded server.
  suite "the suite on $("$postgres/postgres" --version)" --exclude 'test/e2e/**' --exclude 'web/**' --exclude 'bench/**' \
    --exclude 'src/evidence/receipt/**' --exclude 'src/db/embedded.test.ts' --exclude 'test/tidy.test.ts'
else
  failed=$((failed + 1))
  echo "== the PostgreSQL in $postgres could not be started: FAILED"
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
