import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { makeGalaxy, withDatabase } from '../support/galaxy.ts';
import { runHere, startHere } from '../support/here.ts';
import { ask } from '../support/http.ts';
import {
  CARRIER_ID,
  contributionLine,
  depotLine,
  dockedLine,
  journalLine,
  loginLines,
  SITE_ID,
} from '../support/journals.ts';
import { startLiveDaemon, startLiveDaemonBy } from '../support/live-daemon.ts';
import { commodity, commodityMessage, frame, testCatalogue } from '../support/messages.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const FILE = 'Journal.2026-05-01T120000.01.log';
const STATIONS = [
  { id: 101, name: 'Near', system: 'Here' },
  { id: 102, name: 'Cheap', system: 'There' },
  { id: 103, name: 'Far', system: 'Away' },
  { id: 104, name: 'Other Site', system: 'Here' },
];
const text = (...lines: readonly string[]) => lines.map((line) => `${line}\r\n`).join('');
const itemId = (symbol: string) =>
  testCatalogue().commodities.find((each) => each.symbol === symbol)?.id ?? 0;
const stamp = (ageS: number) =>
  new Date(Date.now() - ageS * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** A galaxy in which gold is sold, and journals of a build there. */
async function world() {
  const cwd = tempDir();
  const database = join(cwd, 'data/TradeDangerous.db');
  await makeGalaxy(database, ['Here', 'There', 'Away'], STATIONS, 'v13');
  const store = createSqliteStore({ file: database, generation: 'auto' });
  await store.open();
  await store.useCatalogue(testCatalogue().commodities);
  await store.close();
  withDatabase(database, (db) => {
    db.exec(`UPDATE System SET pos_x = 10 * (system_id - 1); UPDATE System SET pos_x = 900 WHERE name = 'Away';
      UPDATE Station SET type_id = 2, max_pad_size = 'L', ls_from_star = 100, planetary = 'N';
      UPDATE Station SET type_id = 14 WHERE station_id = 104`);
    const rows = [
      [101, 5_000, 60, 3_600],
      [102, 4_000, 900, 7_200],
      [103, 10, 9_999, 60],
      [104, 1, 9_999, 60],
    ] as const;
    for (const [station, price, stock, ageS] of rows) {
      db.exec(`INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price, supply_units,
        supply_level, modified, from_live) VALUES (${station}, ${itemId('Gold')}, 0, 0, 0, ${price}, ${stock}, 2, '${stamp(ageS)}', 1)`);
    }
  });
  const journals = join(cwd, 'journals');
  mkdirSync(journals);
  const file = join(journals, FILE);
  writeFileSync(
    file,
    text(
      ...loginLines(),
      journalLine(1, 'CarrierStats', {
        CarrierID: CARRIER_ID,
        Callsign: 'K7Q-B1N',
        SpaceUsage: { Cargo: 0 },
      }),
      journalLine(1, 'CarrierLocation', { CarrierID: CARRIER_ID, StarSystem: 'There', SystemAddress: 2 }),
      dockedLine(2, { StarSystem: 'Here', SystemAddress: 1 }),
      journalLine(3, 'Cargo', { Vessel: 'Ship', Count: 0 }),
      depotLine(4, { gold: [1_500, 500], oddity: [9, 0] }),
    ),
  );
  return { cwd, database, journals, file };
}

interface Told {
  readonly error?: string;
  readonly entries: readonly Record<string, unknown>[];
  readonly [name: string]: unknown;
}

// Thirteen programs, one after the other.
test(
  'builds, and where to buy what they need: told to whoever has a token, in the terminal, and live',
  { timeout: 120_000 },
  async () => {
    const { cwd, journals, file } = await world();
    const config = { http_listen: '127.0.0.1:0', journal_dirs: ['journals', 'nowhere'] };
    const daemon = await startLiveDaemon({ cwd, config });
    await daemon.program.logged(/^journals: .* is followed/);
    const { url } = (await daemon.program.logged(/^http: http/)) as unknown as { url: string };
    const tdl = (...args: string[]) => runHere({ cwd, args });
    const tokens = await Promise.all(
      ['journal', 'tours'].map((scope) => tdl('token', 'add', scope, '--scope', scope)),
    );
    const [token = '', other = ''] = tokens.map(({ stdout }) => stdout.trim());
    const get = async (path: string, secret = token) => {
      const { status, bytes } = await ask(`${url}/api/v1/colonisation${path}`, {
        authorization: `Bearer ${secret}`,
      });
      return { status, body: JSON.parse(bytes.toString()) as Told };
    };

    expect((await ask(`${url}/api/v1/colonisation/sites`)).status).toBe(401);
    for (const path of [
      '/sites',
      `/sites/${SITE_ID}`,
      '/carriers',
      '/commanders',
      '/watchers',
      '/shopping-list',
      '/plan?capacity=700',
    ]) {
      expect((await get(path, other)).status, path).toBe(403);
      expect((await get(path)).status, path).toBe(200);
    }

    expect((await get('/sites')).body.entries).toMatchObject([
      {
        marketId: SITE_ID,
        systemName: 'Here',
        systemId: '1',
        state: 'building',
        required: 1_509,
        provided: 500,
        percent: 33.13,
      },
    ]);
    expect((await get('/sites/trevithick%20dock')).body).toMatchObject({
      marketId: SITE_ID,
      goods: [
        { symbol: 'gold', required: 1_500, provided: 500, remaining: 1_000, percent: 33.33, payment: 1_000 },
        {},
      ],
    });
    expect((await get('/commanders')).body.entries).toMatchObject([
      { name: 'JAMESON', systemName: 'Here', cargo: { goods: [] } },
    ]);
    expect((await get('/carriers')).body.entries).toMatchObject([
      { callsign: 'K7Q-B1N', systemName: 'There', hold: null },
    ]);
    expect((await get('/watchers')).body.entries).toMatchObject([
      { folder: journals, state: 'tailing', files: 1, progress: null },
      { state: expect.stringMatching(/absent|scanning/) as string },
    ]);

    // A site that no journal tells of is there, and what it needs is unknown.
    const strange = { marketId: 104, name: 'Other Site', source: 'galaxy', state: 'planned' };
    expect((await get('/sites?system=here')).body.entries).toMatchObject([
      { marketId: SITE_ID, source: 'journals' },
      { ...strange, required: null, provided: null, remaining: null, progress: null },
    ]);
    expect((await get('/sites?source=galaxy')).body.entries).toEqual([]);

    // Never at a construction site, and not beyond reach; what nobody sells is told.
    const gold = async (query = '') => {
      const { body } = await get(`/shopping-list?capacity=700${query}`);
      return { ...body.entries[0], summary: body.summary } as Record<string, unknown>;
    };
    const near = { name: 'Near', buyPrice: 5_000, stock: 60, distanceLy: 0, marginPerTonne: -4_000 };
    const cheap = { name: 'Cheap', buyPrice: 4_000, stock: 900, distanceLy: 10 };
    expect(await gold()).toMatchObject({
      ...{ symbol: 'gold', remaining: 1_000, onCarriers: 0, aboard: 0, toBuy: 1_000, loads: { toBuy: 2 } },
      supply: { nearest: near, cheapest: cheap, freshest: near, sellers: 2, stock: 960, shortfall: 40 },
      summary: { sites: 1, remaining: 1_009, mostNeeded: 'gold', unknownCarriers: [CARRIER_ID] },
    });
    for (const place of ['carrier:k7q-b1n', 'There', '10,0,0']) {
      expect(await gold(`&near=${place}`)).toMatchObject({
        supply: { nearest: { name: 'Cheap', distanceLy: 0 } },
      });
    }
    for (const place of ['commander:jameson', `site:${SITE_ID}`]) {
      expect(await gold(`&near=${place}`)).toMatchObject({
        supply: { nearest: { name: 'Near', distanceLy: 0 } },
      });
    }
    expect(await gold('&maxAge=90m')).toMatchObject({ supply: { cheapest: near, sellers: 1 } });

    for (const [path, status, why] of [
      ['/sites/nothing', 404, /no build is called nothing/],
      ['/shopping-list?sites=1', 404, /no build is called 1/],
      ['/shopping-list?capacity=0', 400, /capacity/],
      ['/shopping-list?capacity=x', 400, /capacity/],
      ['/shopping-list?near=Nowhere', 404, /no system is named Nowhere/],
      ['/shopping-list?near=site:x', 404, /no build is called x/],
      ['/shopping-list?near=carrier:ABC', 404, /where carrier ABC is/],
      ['/shopping-list?within=-1', 400, /within/],
      ['/shopping-list?cargo=1', 400, /no such parameter: cargo/],
      ['/shopping-list?maxAge=1', 400, /90m, 12h or 7d/],
      ['/sites?state=lost', 400, /state/],
      ['/plan', 400, /capacity: no ship with room for cargo is known/],
    ] as const) {
      const refused = await get(path);
      expect(refused.status, path).toBe(status);
      expect(refused.body.error, path).toMatch(why);
    }

    // A delivery, cargo aboard, a list of the carrier's: at once; and a seller that has sold out.
    appendFileSync(file, text(contributionLine(10, { gold: 100 })));
    writeFileSync(
      join(journals, 'Cargo.json'),
      journalLine(11, 'Cargo', { Vessel: 'Ship', Inventory: [{ Name: 'gold', Count: 40 }] }),
    );
    writeFileSync(
      join(journals, 'Market.json'),
      journalLine(11, 'Market', {
        MarketID: CARRIER_ID,
        StationType: 'FleetCarrier',
        Items: [{ Name: '$gold_name;', Stock: 60 }],
      }),
    );
    await until(async () => (await gold()).toBuy === 800);
    expect(await gold()).toMatchObject({
      remaining: 900,
      onCarriers: 60,
      aboard: 40,
      supply: { shortfall: 0 },
    });
    expect(await gold('&onCarriers=excluded')).toMatchObject({ onCarriers: 0, toBuy: 860 });
    const planned = async () => {
      const { body } = await get('/plan?capacity=400');
      const loads = body.loads as readonly { times: number; stops: readonly { name: string }[] }[];
      const names = loads.flatMap(({ times, stops }) =>
        Array.from({ length: times }, () => stops.map(({ name }) => name).join()),
      );
      return { names, shortfall: body.shortfall, totals: body.totals };
    };
    expect(await planned()).toMatchObject({
      ...{
        names: ['Cheap', 'Cheap'],
        totals: { toBuy: 809, planned: 800, loads: 2, marginPerTonne: -3_000 },
      },
      shortfall: [{ symbol: 'oddity', missing: 9 }],
    });
    await daemon.relay.publish(
      frame(
        commodityMessage({
          ...{
            marketId: 102,
            stationName: 'Cheap',
            systemName: 'There',
            timestamp: new Date().toISOString(),
          },
          commodities: [
            commodity('Gold', {
              buyPrice: 4_000,
              stock: 0,
              stockBracket: 0,
              sellPrice: 3_900,
              demand: 5,
              demandBracket: 1,
            }),
          ],
        }),
      ),
    );
    await until(
      async () => ((await gold()).supply as { cheapest: { name: string } }).cheapest.name === 'Near',
    );

    expect(await planned()).toMatchObject({
      ...{ names: ['Near'], totals: { planned: 60, loads: 1 } },
      shortfall: [{ symbol: 'gold', missing: 740, why: 'not enough is sold' }, {}],
    });

    const reloaded = await tdl('colonisation', 'reload');
    expect(reloaded.stdout).toMatch(
      /^read anew: 1 journals, 8 lines, 1 builds\nnot read: there is no folder .*nowhere\n/,
    );

    // In the terminal, without the daemon, after it was killed.
    daemon.program.kill('SIGKILL');
    await daemon.program.exit;
    const list = await tdl('colonisation', 'list');
    expect(list.stdout).toMatch(
      /Here +Orbital Construction Site: Trevithick Dock +building +39\.76 +1,509 +909/,
    );
    expect((await tdl('colonisation', 'show', 'Trevithick Dock')).stdout).toMatch(
      /building, 39\.76 %.*\n[^]*gold +1,500 +600 +900[^]*delivered: JAMESON 100 t/,
    );
    const shop = await tdl('colonisation', 'shop', '--capacity', '100', '--near', 'Here');
    expect(shop.stdout).toMatch(/gold +1,500 +600 +900 +60 +40 +800 +8\n/);
    expect(shop.stdout).toMatch(/gold +800 +Near +Here +0\.0 +5,000 +60/);
    expect(shop.stdout).toContain('not enough is sold within reach of: gold');
    const shopCsv = (await tdl('colonisation', 'shop', '--csv')).stdout;
    const [row] = parse<Record<string, string>>(shopCsv, { columns: true });
    expect(row).toMatchObject({ symbol: 'gold', toBuy: '800', nearestName: 'Near', nearestPrice: '5000' });
    const plan = await tdl('colonisation', 'plan', '--capacity', '100');
    expect(plan.stdout).toMatch(/1 +1 +Here +Near +L +100 +0 +gold +60 +5,000 +-4,000/);
    expect(plan.stdout).toMatch(/60 of 809 t to .*Trevithick Dock: 1 flight to 1 market, 9 min/);
    expect(plan.stdout).toContain('missing: 740 t of gold: not enough is sold');
    const wrong = await tdl('colonisation', 'show', 'Trevithick Dok');
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/no build is called/) as string });

    // A port that the galaxy knows by the name of the build closes it; opened, it is told to anybody.
    withDatabase(daemon.database, (db) =>
      db.exec(
        `INSERT INTO Station (station_id, name, system_id, type_id, market, modified) VALUES (105, 'Trevithick Dock', 1, 2, 'Y', '${stamp(0)}')`,
      ),
    );
    expect((await tdl('colonisation', 'list')).stdout).toContain('no such builds');
    expect((await tdl('colonisation', 'list', '--state', 'complete', '--json')).stdout).toContain(
      '"completedBy":"galaxy"',
    );
    expect(await tdl('colonisation', 'reload')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no daemon works on/) as string,
    });
    const next = await startLiveDaemonBy(startHere, {
      cwd,
      config: { ...config, colonisation_public: true },
    });
    const again = (await next.program.logged(/^http: http/)) as unknown as { url: string };
    const told = await until(async () => {
      const { status, bytes } = await ask(`${again.url}/api/v1/colonisation/sites?state=all`);
      return status === 200 && (JSON.parse(bytes.toString()) as Told).entries.length > 0 && bytes.toString();
    });
    expect(JSON.parse(told)).toMatchObject({ entries: [{ state: 'complete' }] });
  },
);

test('without folders nothing of it is there', async () => {
  const { cwd } = await world();
  const daemon = await startLiveDaemonBy(startHere, { cwd, config: { http_listen: '127.0.0.1:0' } });
  const { url } = (await daemon.program.logged(/^http: http/)) as unknown as { url: string };
  expect((await ask(`${url}/api/v1/colonisation/sites`)).status).toBe(404);
  expect((await ask(`${url}/api/v1/journal`, {}, 'POST', '{}')).status).toBe(404);
  for (const path of ['/api/sites', '/ws/colonization']) expect((await ask(url + path)).status).toBe(404);
  const none = await runHere({ cwd, args: ['colonisation', 'list'] });
  expect(none).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('journals have told of none') as string,
  });
});
