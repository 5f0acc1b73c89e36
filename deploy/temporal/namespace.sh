#!/bin/sh
# One-shot: makes the namespace and the search attributes operators filter by. Safe to repeat.
# Reads TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.
set -eu

until temporal operator cluster health >/dev/null 2>&1; do
  echo 'waiting for Temporal'
  sleep 1
done

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 168h

for attribute in AtelierTeam AtelierClass AtelierModel AtelierCampaign AtelierKind; do
  temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$attribute" --type Keyword
done
