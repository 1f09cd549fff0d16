"""Keeps a copy of all listings up to date, from one full file and what has changed since: follow.py [DATABASE]

Only the standard library. The copy is an SQLite file (default listings.db): a table `listing` as listings.csv has it, and a
table `moved` of the stations that were made or moved since the full file. Run it every hour; whenever it is killed, the next
run goes on where it was. TDL_FILES says where the files are: an address, or the folder itself.
"""

import csv
import gzip
import hashlib
import io
import json
import os
import sqlite3
import sys
import time
from urllib.error import HTTPError
from urllib.request import urlopen

BASE = os.environ.get("TDL_FILES", "http://127.0.0.1:8390/files")


class Gone(Exception):
    """It was replaced, or taken away, since it was named."""


def fetch(name, sha256=None):
    try:
        if "://" in BASE:
            with urlopen(f"{BASE}/{name}") as answer:
                data = answer.read()
        else:
            with open(os.path.join(BASE, name), "rb") as file:
                data = file.read()
    except (HTTPError, FileNotFoundError) as error:
        raise Gone(f"{name}: {error}") from error
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise Gone(f"{name} is another one by now")
    return data


def rows(text):
    lines = csv.reader(io.StringIO(text.decode("ascii")))
    next(lines)
    for line in lines:
        yield [int(value) for value in line[1:]]


def load(copy, text):
    stations = set()
    for row in rows(text):
        if row[0] not in stations:  # The lines of a station are together, and all there are.
            stations.add(row[0])
            copy.execute("DELETE FROM listing WHERE station_id = ?", row[:1])
        copy.execute("INSERT INTO listing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def begin_anew(copy):
    """Takes the full file. It is some hundred megabytes; listings.csv.zst is a fifth, for whoever can read it."""
    manifest = json.loads(fetch("listings.manifest.json"))
    text = fetch("listings.csv", manifest["sha256"])
    with copy:
        copy.execute("DELETE FROM listing")
        copy.execute("DELETE FROM moved")
        load(copy, text)
        copy.execute("DELETE FROM position")
        copy.execute("INSERT INTO position VALUES (?, ?)", (manifest["logId"], manifest["seq"]))


def take(copy, entry):
    manifest = json.loads(fetch(f"deltas/{entry['name']}"))
    packed = next(file for file in manifest["files"] if file["name"].endswith(".gz"))
    text = gzip.decompress(fetch(f"deltas/{packed['name']}", packed["sha256"]))
    if hashlib.sha256(text).hexdigest() != manifest["sha256"]:
        raise Gone(f"{packed['name']} is damaged")
    with copy:
        for station in manifest["emptied"]:
            copy.execute("DELETE FROM listing WHERE station_id = ?", (station,))
        load(copy, text)
        copy.executemany("INSERT OR REPLACE INTO moved VALUES (?, ?)", manifest["placed"])
        copy.execute("UPDATE position SET seq = ?", (manifest["to"]["seq"],))


def position(copy):
    return copy.execute("SELECT log_id, seq FROM position").fetchone()


def follow(copy):
    """One step. Returns whether there is nothing more to do."""
    index = json.loads(fetch("deltas/index.json"))
    log_id, seq = position(copy) or (None, -1)
    if log_id != index["logId"] or seq < index["from"]["seq"]:
        begin_anew(copy)
        return False
    fitting = [d for d in index["deltas"] if d["from"]["seq"] <= seq < d["to"]["seq"]]
    if not fitting:
        return True
    take(copy, max(fitting, key=lambda delta: delta["to"]["seq"]))
    return False


copy = sqlite3.connect(sys.argv[1] if len(sys.argv) > 1 else "listings.db")
copy.executescript(
    """CREATE TABLE IF NOT EXISTS position (log_id TEXT, seq INTEGER);
    CREATE TABLE IF NOT EXISTS moved (station_id INTEGER PRIMARY KEY, system_id INTEGER);
    CREATE TABLE IF NOT EXISTS listing (station_id INTEGER, commodity_id INTEGER, supply INTEGER, supply_bracket INTEGER,
        buy_price INTEGER, sell_price INTEGER, demand INTEGER, demand_bracket INTEGER, collected_at INTEGER,
        PRIMARY KEY (station_id, commodity_id)) WITHOUT ROWID;"""
)
tries = 0
while True:
    try:
        if follow(copy):
            break
    except Gone as gone:
        tries += 1
        if tries == 5:
            sys.exit(f"gave up: {gone}")
        time.sleep(tries)
print(f"up to change {position(copy)[1]}: {copy.execute('SELECT count(*) FROM listing').fetchone()[0]} rows")
