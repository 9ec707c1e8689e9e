# Asking Hatchery, for the state scripts beside this file. POSIX sh and curl; nothing is kept on disk.
#
# Reads /etc/hatchery/mender.conf (or $HATCHERY_MENDER_CONF):
#   HATCHERY_SERVER=https://hatchery.example.com
#   HATCHERY_DEVICE=edge-1                        as `hatchery devices` names it
#   HATCHERY_TOKEN_FILE=/etc/hatchery/updater.token   made by: hatchery operators add mender --role updater -o FILE
#   HATCHERY_CA=/etc/hatchery/ca.pem              may be left out
#   HATCHERY_FOR=1h                               how long an update may take; then the hold ends by itself

conf=${HATCHERY_MENDER_CONF:-/etc/hatchery/mender.conf}
if [ ! -r "$conf" ]; then
  echo "hatchery: $conf cannot be read" >&2
  exit 1
fi
. "$conf"

# ask WORD JSON: prints the HTTP status, 000 where there was no answer; what was said goes to the log.
# The token comes by stdin, since other users see the arguments of a process.
ask() {
  said=$(mktemp) || return 1
  status=$(
    {
      printf 'header = "Authorization: Bearer %s"\n' "$(cat "$HATCHERY_TOKEN_FILE")"
      printf 'header = "Content-Type: application/json"\n'
      [ -z "${HATCHERY_CA:-}" ] || printf 'cacert = "%s"\n' "$HATCHERY_CA"
    } | curl --silent --show-error --config - --max-time 30 --output "$said" \
      --write-out '%{http_code}' --data "$2" "$HATCHERY_SERVER/api/v1/permits/$1"
  )
  head -c 2000 "$said" >&2
  echo >&2
  rm -f "$said"
  echo "${status:-000}"
}
