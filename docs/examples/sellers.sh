#!/bin/sh
# Where a good is cheapest around a system: sellers.sh [COMMODITY [SYSTEM]]
curl --silent --show-error --fail-with-body --get \
  "${TDL_URL:-http://127.0.0.1:8390}/api/v1/commodities/${1:-tritium}/sellers" \
  --data-urlencode "near=${2:-Sol}" --data 'within=50&limit=5'
