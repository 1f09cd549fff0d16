import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkPublishedSet } from '../support/client-rules.ts';
import { aStation, aSystem, GOLD, spanshTime } from '../support/dump.ts';
import { expectedListing, marketRows, withDatabase } from '../support/galaxy.ts';
import { commodity, commodityMessage, frame } from '../support/messages.ts';
import { DAEDALUS, dump, GALILEO, market, NOW_S, stop, world } from '../support/spansh-world.ts';
import { until } from '../support/until.ts';

const prices = (file: string) =>
  marketRows(file).map((row) => [row.station_id, row.item_id, row.demand_price, row.from_live]);
const demoted = /are baseline now/;

test('fills a new database, publishes what clients load, and lets the parked markets in', async () => {
  const { relay, cwd, database, publish, startHere, server } = await world();
  server.misbehave.push({ pieceDelayMs: 300 });
  const program = startHere();
  await relay.waitForSubscribers();
  await publish(GALILEO, 'Galileo', 9_999, 60);
  await program.logged(demoted);
  await until(() => prices(database).some(([, , price]) => price === 9_999));
  await stop(program);

  // The parked market may have come in just before the set was published, or just after.
  expect(prices(database).map(([id, item, price]) => [id, item, price])).toEqual([
    [GALILEO, GOLD, 9_999],
    [DAEDALUS, GOLD, 8_000],
  ]);
  const systems = withDatabase(database, (db) =>
    db.prepare('SELECT name, pos_x FROM System ORDER BY name').all(),
  );
  expect(systems).toMatchObject([
    { name: 'Far Away', pos_x: 25_899.96875 },
    { name: 'Sol', pos_x: 0 },
  ]);
  expect(checkPublishedSet(join(cwd, 'data'), 'v12')).toEqual([]);
  expect(readFileSync(join(cwd, 'data/Station.csv'), 'utf8')).toContain("'Daedalus'' Höhe'");
  expect(existsSync(join(cwd, 'tmp/galaxy_stations.spansh')), 'the download is not kept').toBe(false);
  expect(readdirSync(join(cwd, 'data')).filter((name) => name.includes('.tmp-'))).toEqual([]);
});

test('does not import an unchanged dump again, nor touch what is published', async () => {
  const { cwd, server, startHere } = await world();
  const first = startHere();
  await first.logged(demoted);
  await stop(first);
  const mtime = () => statSync(join(cwd, 'data/listings.csv')).mtimeMs;
  const published = mtime();

  const second = startHere();
  await second.logged(/was imported already/);
  await stop(second);
  expect(server.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET', 'HEAD']);
  expect(mtime()).toBe(published);
});

test('imports a newer dump, publishes what differs and leaves the other files as they are', async () => {
  const { cwd, database, server, startHere } = await world();
  const first = startHere();
  await first.logged(demoted);
  await stop(first);
  const mtime = (name: string) => statSync(join(cwd, 'data', name)).mtimeMs;
  const before = { listings: mtime('listings.csv'), system: mtime('System.csv') };

  server.body = dump({ galileo: market(9_500, 1_800) });
  server.etag = '"two"';
  const second = startHere();
  await second.logged(demoted);
  await stop(second);
  expect(prices(database)).toContainEqual([GALILEO, GOLD, 9_500, 0]);
  expect(mtime('listings.csv')).toBeGreaterThan(before.listings);
  expect(mtime('System.csv')).toBe(before.system);
  expect(checkPublishedSet(join(cwd, 'data'), 'v12')).toEqual([]);
});

test('keeps live rows that are as new as the dump or newer, replaces older ones, and demotes what it published', async () => {
  const more = ['Older', 'Equal', 'Newer'].map((name, i) =>
    aSystem({
      id64: 1_000 + i,
      name,
      stations: [
        aStation({ id: 1_000 + i, name, updateTime: spanshTime(NOW_S - 100), market: market(700, 3_600) }),
      ],
    }),
  );
  const { cwd, database, publish, relay, server, startHere } = await world({ body: dump({ more }) });
  const first = startHere();
  await first.logged(demoted);
  await stop(first);
  withDatabase(database, (db) => db.exec('DELETE FROM StationItem'));

  const live = startHere();
  await relay.waitForSubscribers();
  await live.logged(/was imported already/);
  const message = (name: string, id: number, agoS: number) =>
    relay.publish(
      frame(
        commodityMessage({
          marketId: id,
          stationName: name,
          systemName: name,
          commodities: [commodity('gold', { sellPrice: 55 })],
          timestamp: new Date((NOW_S - agoS) * 1000).toISOString(),
        }),
      ),
    );
  await message('Older', 1_000, 3_601);
  await message('Equal', 1_001, 3_600);
  await message('Newer', 1_002, 3_599);
  await until(() => prices(database).length === 3);
  await stop(live);

  server.etag = '"two"';
  const second = startHere();
  await second.logged(demoted);
  await publish(DAEDALUS, 'Daedalus', 44, 10);
  await until(() => prices(database).some(([, , price]) => price === 44));
  const listing = () => readFileSync(join(cwd, 'data/listings-live.csv'), 'utf8');
  await until(() => listing() === expectedListing(marketRows(database), true));
  await stop(second);
  expect(prices(database)).toEqual([
    [1_000, GOLD, 700, 0],
    [1_001, GOLD, 55, 0],
    [1_002, GOLD, 55, 0],
    [GALILEO, GOLD, 9_400, 0],
    [DAEDALUS, GOLD, 44, 1],
  ]);
});

test('does not bring a market back that the feed has seen empty since', async () => {
  const { database, publish, relay, server, startHere } = await world();
  const first = startHere();
  await first.logged(demoted);
  await relay.waitForSubscribers();
  await publish(GALILEO, 'Galileo', 9_000, 90);
  await until(() => prices(database).some(([, , price]) => price === 9_000));
  const empty = commodityMessage({
    marketId: GALILEO,
    stationName: 'Galileo',
    commodities: [],
    timestamp: new Date((NOW_S - 50) * 1000).toISOString(),
  });
  await relay.publish(frame(empty));
  await until(() => prices(database).every(([id]) => id !== GALILEO));
  await stop(first);

  server.body = dump({ galileo: market(9_700, 51) });
  server.etag = '"two"';
  const second = startHere();
  await second.logged(demoted);
  await stop(second);
  expect(prices(database).map(([id]) => id)).toEqual([DAEDALUS]);
});

test.each([
  ['truncated', (body: Buffer) => body.subarray(0, body.length - 40)],
  [
    'corrupt',
    (body: Buffer) => Buffer.concat([body.subarray(0, 60), Buffer.alloc(80, 7), body.subarray(140)]),
  ],
  ['an error page', () => Buffer.from('<html>sorry</html>')],
])('does not take for imported a dump that is %s, nor fetches it again', async (_, damage) => {
  const { cwd, server, startHere } = await world({ body: damage(dump()) });
  const program = startHere();
  const { msg } = await program.logged(/trying again/);
  expect(msg).toMatch(/truncated|corrupt|no galaxy dump/);
  expect(msg).toContain('it is not fetched again until there is another one');
  await stop(program);
  expect(existsSync(join(cwd, 'tmp/galaxy_stations.spansh')), 'it is not kept').toBe(false);
  const next = startHere();
  await next.logged(/is still of no use/);
  await stop(next);
  expect(server.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET', 'HEAD']);

  server.body = dump();
  server.etag = '"two"';
  const again = startHere();
  await again.logged(demoted);
  await stop(again);
  expect(checkPublishedSet(join(cwd, 'data'), 'v12')).toEqual([]);
});

test('fetches again what may have been cut on the way', async () => {
  const { server, startHere } = await world();
  server.misbehaveHead.push({ untold: true }, { untold: true });
  server.misbehave.push({ untold: true, bodyBytes: dump().length - 40 });
  const program = startHere();
  const { msg } = await program.logged(/trying again/);
  expect(msg).toMatch(/truncated.*; trying again/);
  await stop(program);
  const again = startHere();
  await again.logged(demoted);
  await stop(again);
  expect(server.requests.filter(({ method }) => method === 'GET')).toHaveLength(2);
});

test('says once that the source is away, and goes on receiving', async () => {
  const { database, publish, relay, server, startHere } = await world();
  const first = startHere();
  await first.logged(demoted);
  await stop(first);
  server.misbehaveHead.push({ status: 503, headers: { 'retry-after': '3600' } });
  const program = startHere();
  await relay.waitForSubscribers();
  await program.logged(/the server answers 503.*trying again/);
  await publish(GALILEO, 'Galileo', 8_888, 20);
  await until(() => prices(database).some(([, , price]) => price === 8_888));
  await stop(program);
});

test('learns the commodities of a dump where EDCD cannot be reached', async () => {
  const { relay, database, publish, startHere } = await world({ config: { edcd_source: './nowhere' } });
  const program = startHere();
  await relay.waitForSubscribers();
  await publish(GALILEO, 'Galileo', 9_999, 60);
  await program.logged(demoted);
  await until(() => prices(database).some(([, , price]) => price === 9_999));
  await stop(program);
});

test('waits for its active hours, and says when they begin', async () => {
  // Kathmandu's clocks are 5:45 ahead all year.
  const hour = new Date(Date.now() + (3 + 5.75) * 3_600_000).getUTCHours();
  const window = `${String(hour).padStart(2, '0')}:00-${String((hour + 1) % 24).padStart(2, '0')}:00`;
  const { server, startHere } = await world({
    config: { active_hours: { spansh: window, timezone: 'Asia/Kathmandu' } },
  });
  const program = startHere();
  const { msg } = await program.logged(/outside its active hours/);
  expect(msg).toContain(` ${String(hour).padStart(2, '0')}:00 Asia/Kathmandu`);
  await stop(program);
  expect(server.requests).toEqual([]);
});

test('only refreshes the catalogue in a quick test', async () => {
  const { server, startHere } = await world();
  // Before the cached catalogue is read the wish and the refresh that follows anyway would be one.
  const program = startHere({ TDL_REFRESH_QUICK_TEST: '1', TDL_REFRESH_QUICK_TEST_DELAY_SECONDS: '2' });
  await until(() => program.log.filter(({ msg }) => msg.startsWith('catalogue:')).length === 2);
  await stop(program);
  expect(server.requests).toEqual([]);
});

test('serves a database of the other generation with its own files', async () => {
  const { cwd, startHere } = await world({ config: { contract: 'v13' } });
  const program = startHere();
  await program.logged(demoted);
  await stop(program);
  expect(checkPublishedSet(join(cwd, 'data'), 'v13')).toEqual([]);
  expect(existsSync(join(cwd, 'data/Upgrade.csv'))).toBe(false);
});
