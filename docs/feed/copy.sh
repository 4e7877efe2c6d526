#!/bin/sh
# A copy of the open data, with curl, jq, awk and sha256sum. What it does, and why, stands in docs/feed.md.
#
#   sh copy.sh take DIR URL [QUERY]   begin a copy, or bring it up to date; QUERY filters it: 'trade=moving&region=310115'
#   sh copy.sh prove DIR              is it equal? prints «equal», or each bucket that differs, and then fails
#   sh copy.sh mend DIR               as prove; takes the buckets that differ once more, and proves again
#
# DIR/rows/<last two digits of the id>/<id> holds the canonical body of each entry, without a line feed at its end.
# Whatever breaks off can be run again: what is there under its name is whole.
set -eu
export LC_ALL=C

fail() { echo "$*" >&2; exit 1; }

ask() { # path, file: one answer under that name once it is whole; busy and broken connections are tried again
  tries=0
  while :; do
    rm -f headers
    code=$(curl -sS --max-time 300 -D headers -o answer -w '%{http_code}' "$base$1" 2> trouble) || code=000
    [ "$code" = 200 ] && is_whole "$1" && mv answer "$2" && return
    case $code in
      200 | 000 | 429 | 5??) tries=$((tries + 1)) ;;
      410) fail "$(cat answer) The copy cannot go on from here: remove $PWD and take a new one." ;;
      *) fail "$code $(cat answer)" ;;
    esac
    [ "$tries" -lt 20 ] || fail "no answer to $1: $code $(cat trouble)"
    wait=$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]*\).*/\1/p' headers 2> /dev/null || true)
    sleep "${wait:-1}"
  done
}

is_whole() { # path: entries have the checksum that was told of them; every other answer is whole JSON
  case $1 in
    /v1/feed/snapshot/* | /v1/feed/bucket/*)
      told=$(sed -n 's/^[Xx]-[Cc]hecksum-[Ss]ha256: *\([0-9a-f]*\).*/\1/p' headers)
      [ "$(sha256sum < answer)" = "$told  -" ] ;;
    *) jq -e .server_time answer > /dev/null 2>&1 ;;
  esac
}

apply() { # file of entries, folder: puts and removals, the last of each id
  jq -cS '.op, .id, .body' "$1" > lines
  awk -v rows="$2" '
    NR % 3 == 1 { op = $0 }
    NR % 3 == 2 { id = substr($0, 2, length($0) - 2) }
    NR % 3 == 2 && (length(id) != 36 || id !~ /^[0-9a-f-]+$/) { exit bad = 1 }
    NR % 3 == 0 { last[rows "/" substr(id, 35) "/" id] = op == "\"put\"" ? $0 : "" }
    END {
      if (bad || NR % 3) exit 1
      ORS = ""
      for (name in last)
        if (last[name] != "") { print last[name] > name; close(name) } else print name "\n"
    }' lines > gone || fail "the answer makes no sense"
  xargs rm -f nothing < gone
}

folders() { # a folder for each bucket
  for high in 0 1 2 3 4 5 6 7 8 9 a b c d e f; do
    for low in 0 1 2 3 4 5 6 7 8 9 a b c d e f; do mkdir -p "$1/$high$low"; done
  done
}

begin() { # the parts of one snapshot, however often this breaks off; its cursor last
  [ -s snapshot.json ] || ask "/v1/feed/snapshot?$query" snapshot.json
  mkdir -p parts
  jq -r '.parts[] | "\(.part) \(.url)"' snapshot.json > list
  while read -r part url; do [ -f "parts/$part" ] || ask "$url" "parts/$part"; done < list
  rm -rf rows
  folders rows
  while read -r part url; do apply "parts/$part" rows; done < list
  jq -r .cursor snapshot.json > next && mv next cursor
  rm -r parts snapshot.json
}

follow() { # what is new; the cursor moves on once the page is in the rows
  more=true
  while [ "$more" = true ]; do
    ask "/v1/feed/changes?limit=2000&cursor=$(cat cursor)&$query" page.json
    jq -c '.items[]' page.json > entries
    apply entries rows
    more=$(jq .more page.json)
    jq -r .next_cursor page.json > next && mv next cursor
  done
}

sums() { # folder: each bucket that is not empty, its count and its digest: the rows' SHA-256 modulo 2^256
  find "$1" -type f | xargs -r sha256sum | awk -v at="$((${#1} + 2))" '
    BEGIN { for (n = 0; n < 65536; n++) value[sprintf("%04x", n)] = n }
    {
      bucket = substr($2, at, 2)
      count[bucket]++
      for (k = 0; k < 16; k++) sum[bucket, k] += value[substr($1, 4 * k + 1, 4)]
    }
    END {
      for (bucket in count) {
        digest = ""; carry = 0
        for (k = 15; k >= 0; k--) {
          total = sum[bucket, k] + carry
          carry = int(total / 65536)
          digest = sprintf("%04x", total - carry * 65536) digest
        }
        print bucket, count[bucket], digest
      }
    }' | sort
}

told() { # what the copy must add up to: the manifest; for a filtered copy there is none, but a snapshot of its cursor
  if [ -z "$query" ]; then
    ask "/v1/feed/manifest?cursor=$(cat cursor)" manifest.json
    jq -r '.buckets[] | "\(.bucket) \(.count) \(.digest)"' manifest.json | sort
  else
    rm -rf theirs
    folders theirs
    ask "/v1/feed/snapshot?cursor=$(cat cursor)&$query" again.json
    jq -r '.parts[].url' again.json > list
    while read -r url; do ask "$url" part && apply part theirs; done < list
    sums theirs
  fi
}

differing() {
  told > must
  sums rows > is
  comm -3 must is | tr -d '\t' | cut -c 1-2 | sort -u > different
}

prove() {
  differing
  if [ -s different ]; then cat different && return 1; fi
  echo equal
}

mend() {
  differing
  while read -r bucket; do
    ask "/v1/feed/bucket/$bucket?cursor=$(cat cursor)&$query" bucket
    rm -rf "rows/$bucket"
    mkdir "rows/$bucket"
    apply bucket rows
  done < different
  prove
}

[ $# -ge 2 ] || fail "usage: copy.sh take DIR URL [QUERY] | prove DIR | mend DIR"
verb=$1
mkdir -p "$2" && cd "$2"
if [ "$verb" = take ] && [ $# -ge 3 ]; then
  base=${3%/} query=${4:-}
  [ ! -s source ] || [ "$(sed -n 2p source)" = "$query" ] || fail "the copy in $2 has another filter"
  printf '%s\n%s\n' "$base" "$query" > source
fi
[ -s source ] || fail "there is no copy in $2: take one first"
base=$(sed -n 1p source) query=$(sed -n 2p source)
case $verb in
  take) [ -s cursor ] || begin; follow ;;
  prove | mend) [ -s cursor ] || fail "the copy is not whole yet: take it"; $verb ;;
  *) fail "no such step: $verb" ;;
esac
