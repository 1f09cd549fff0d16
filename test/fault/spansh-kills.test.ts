import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { dumpLines } from '../../bench/generators/dump.ts';
import { checkPublishedSet } from '../support/client-rules.ts';
import type { Program } from '../support/daemon.ts';
import { expectedListing, withDatabase, type MarketRow } from '../support/galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import type { MariadbServer } from '../support/mariadb-server.ts';
import { commodity, commodityMessage, frame } from '../support/messages.ts';
import { SeededRandom } from '../support/random.ts';
import { NOW_S, stop, world, type World } from '../support/spansh-world.ts';
import { times, whenMany } from '../support/times.ts';
import { until } from '../support/until.ts';

/** When a kill may fall: so long after a line of the log. */
const MOMENTS = [
  { after: /the dump of .* is new/, withinMs: 600, kills: times(2, 5), what: 'download or import' },
  { after: /Spansh: imported/, withinMs: 150, kills: times(1, 3), what: 'publication' },
  { after: /^published:/, withinMs: 60, kills: times(1, 2), what: 'demotion' },
] as const;

const DUMP_BYTES = 1_000_000;

/** Prices from here on are live ones; no two messages have the same. */
const LIVE_PRICE = 10_000_000;

/** The same galaxy, seen a minute later each time. */
function dump(edition: number): Buffer {
  const lines = dumpLines({ seed: 7, bytes: DUMP_BYTES, nowS: NOW_S - 3_600 + edition * 60 });
  return gzipSync([...lines].join('\n'));
}

interface Port {
  readonly id: number;
  readonly name: string;
  readonly system: string;
}

/** Stations of the dump that the feed tells of, too. */
function portsOf(body: readonly string[]): Port[] {
  return body.slice(1, -1).flatMap((line) => {
    const system = JSON.parse(line.trim().replace(/,$/, '')) as {
      name: string;
      stations: { id: number; name: string }[];
    };
    return system.stations.map(({ id, name }) => ({ id, name, system: system.name }));
  });
}

whenMany(describe)('an update on SQLite', () => {
  test('is killed in every step', () => killInEveryStep(), 600_000);
});

describeMariadb('an update on MariaDB', () => {
  const server = useMariadb();
  test('is killed in every step', () => killInEveryStep(server), 600_000);
});

/** A kill loses nothing, publishes nothing by halves, demotes nothing too much, and the next start completes all. */
async function killInEveryStep(mariadb?: MariadbServer): Promise<void> {
  const random = new SeededRandom(20);
  const there = await world({ body: dump(0), mariadb });
  const { server, cwd, relay, rows, start, startHere } = there;
  let keptInAll = 0;
  const ports = portsOf([...dumpLines({ seed: 7, bytes: DUMP_BYTES, nowS: NOW_S })]).slice(0, 40);
  const first = startHere();
  await first.logged(/are baseline now/);
  await stop(first);

  let edition = 0;
  for (const { after, withinMs, kills, what } of MOMENTS) {
    for (let kill = 1; kill <= kills; kill++) {
      edition += 1;
      server.body = dump(edition);
      server.etag = `"${edition}"`;
      server.misbehave.push({ pieceDelayMs: 20 });
      const context = `${what}, kill ${kill}`;

      const program = start();
      await relay.waitForSubscribers();
      const live = await publishSome(there, ports, random);
      await program.logged(after);
      await sleep(random.between(0, withinMs));
      program.kill('SIGKILL');
      await program.exit;
      const kept = await keptOf(there, live);
      keptInAll += kept.length;
      expect(checkPublishedSet(join(cwd, 'data'), 'v12'), context).toEqual([]);
      expect(demotedUnpublished(cwd, await rows()), context).toEqual([]);

      const again = startHere();
      await finished(again);
      await until(async () => {
        const prices = new Set((await rows()).map((row) => row.demand_price));
        return kept.every(({ price }) => prices.has(price));
      });
      await stop(again);
      expect(checkPublishedSet(join(cwd, 'data'), 'v12'), context).toEqual([]);
      const all = await rows();
      expect(demotedUnpublished(cwd, all), context).toEqual([]);
      expect(liveThoughPublished(cwd, all), context).toEqual([]);
      const state = JSON.parse(
        readFileSync(join(cwd, 'data/tradedangerous-listener-spansh.json'), 'utf8'),
      ) as unknown;
      expect(state, context).toMatchObject({ stage: 'demoted', version: { etag: server.etag } });
    }
  }
  expect(keptInAll).toBeGreaterThan(0);
}

/** An update that was cut off is completed, or there is none to complete. */
async function finished(program: Program): Promise<void> {
  await Promise.race([program.logged(/are baseline now/), program.logged(/was imported already/)]);
}

/** A message by its market and its price, which no other one has. */
interface Sent {
  readonly id: number;
  readonly price: number;
}

/** Of messages those that were written or spooled: a kill may cost what came in the second before it. */
async function keptOf({ cwd, rows }: World, live: readonly Sent[]): Promise<Sent[]> {
  const prices = new Set((await rows()).map((row) => row.demand_price));
  const spooled = withDatabase(join(cwd, 'data/tradedangerous-listener-spool.db'), (db) =>
    db.prepare('SELECT market_id FROM entry').all(),
  );
  const waiting = new Set(spooled.map(({ market_id }) => market_id));
  return live.filter(({ id, price }) => prices.has(price) || waiting.has(id));
}

let sent = 0;

async function publishSome({ relay }: World, ports: readonly Port[], random: SeededRandom): Promise<Sent[]> {
  const live: Sent[] = [];
  const some = new Set([random.pick(ports), random.pick(ports), random.pick(ports)]);
  for (const { id, name, system } of some) {
    sent += 1;
    live.push({ id, price: LIVE_PRICE + sent });
    const message = commodityMessage({
      marketId: id,
      stationName: name,
      systemName: system,
      commodities: [commodity('gold', { sellPrice: LIVE_PRICE + sent })],
      timestamp: new Date().toISOString(),
    });
    await relay.publish(frame(message));
  }
  return live;
}

const listingLines = (cwd: string) =>
  new Set(readFileSync(join(cwd, 'data/listings.csv'), 'utf8').split('\n').map(withoutNumber));
const withoutNumber = (line: string) => line.slice(line.indexOf(',') + 1);
const lineOf = (row: MarketRow) => withoutNumber(expectedListing([row], false).split('\n')[1] ?? '');

/** Rows that came from the feed and are baseline, but in no file. */
function demotedUnpublished(cwd: string, rows: readonly MarketRow[]): MarketRow[] {
  const published = listingLines(cwd);
  return rows.filter(
    (row) => row.demand_price > LIVE_PRICE && row.from_live === 0 && !published.has(lineOf(row)),
  );
}

function liveThoughPublished(cwd: string, rows: readonly MarketRow[]): MarketRow[] {
  const published = listingLines(cwd);
  return rows.filter((row) => row.from_live === 1 && published.has(lineOf(row)));
}
