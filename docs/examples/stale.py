"""Every market around a system that nobody has seen for a day, oldest first: stale.py [SYSTEM [LY]]

Only the standard library. Follows the pages of a list to its end, and waits when it asks too often.
"""

import json
import os
import sys
import time
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

BASE = os.environ.get("TDL_URL", "http://127.0.0.1:8390") + "/api/v1"


def ask(path, **query):
    while True:
        try:
            with urlopen(f"{BASE}{path}?{urlencode(query)}") as answer:
                return json.load(answer)
        except HTTPError as refusal:
            if refusal.code not in (429, 503):
                sys.exit(json.load(refusal)["error"])
            time.sleep(float(refusal.headers["Retry-After"]))


def pages(path, **query):
    while True:
        page = ask(path, **query)
        yield from page["entries"]
        if page["next"] is None:
            return
        query["cursor"] = page["next"]


near, within = (sys.argv[1:] + ["Sol", "50"][len(sys.argv) - 1 :])[:2]
for market in pages("/freshness/stale", near=near, within=within, olderThan="24h"):
    age = market["marketAgeS"]  # None: nobody has seen it yet
    days = "never" if age is None else f"{age / 86400:.1f} days"
    print(f"{days:>10}  {market['distanceLy']:5.1f} ly  {market['systemName']}/{market['name']}")
