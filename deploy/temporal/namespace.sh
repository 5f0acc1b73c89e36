#!/bin/sh
# One-shot: makes the namespace and the search attributes operators filter by. Safe to repeat.
# Reads TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, as the temporal command does.
set -eu

# Runs a command until it succeeds, for a minute at most; then shows why it does not.
insist() {
  for _ in $(seq 1 60); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 1
  done
  "$@"
}

insist temporal operator cluster health

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 168h

# A new namespace is known to the whole server only after some seconds; an attribute that is there already is no error.
for attribute in AtelierTeam AtelierClass AtelierModel AtelierCampaign AtelierKind; do
  insist temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$attribute" --type Keyword
done
