import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask } from '../support/http.ts';
import { CARRIER_ID, journalLine, SITE_ID } from '../support/journals.ts';
import { until } from '../support/until.ts';
import { bearer, FILE, iso, LINES, SITE, SYSTEM, text, world } from '../support/assistant-world.ts';

test('the REST paths answer in the shapes of the assistant, with its 404s', async () => {
  const { folder, file, get } = await world({ lines: LINES });
  expect((await get('/sites', {})).status).toBe(401);
  expect((await get('/health')).body).toEqual({
    ...{ status: 'healthy', version: '1.2.3', build_id: '', python_version: '' },
    ...{ journal_directory: folder, journal_accessible: true },
  });
  expect((await get('/systems')).body).toEqual({ systems: [SYSTEM, 'Sol'] });
  expect((await get('/systems/search?q=SOL')).body).toEqual({ systems: ['Sol'] });
  expect((await get('/systems/current')).body).toEqual({
    ...{ system_name: 'Sol', station_name: 'Orbital Construction Site: Four', is_docked: true },
  });
  expect((await get('/system?name=hyades%20sector%20ab-c')).body).toEqual({
    ...{ system_name: SYSTEM, construction_sites: [SITE], total_sites: 1, completed_sites: 0 },
    ...{ in_progress_sites: 1, completion_percentage: 0 },
  });
  // Complete, failed and in progress are three things; a build that was only docked at is not at 100 %.
  const { body: sol } = await get('/system?name=Sol');
  expect(sol).toMatchObject({ total_sites: 3, completed_sites: 1, in_progress_sites: 1 });
  expect(sol.construction_sites).toMatchObject([
    { market_id: 4, commodities: [], commodities_progress_percentage: 0, is_complete: false },
    { market_id: 3, construction_failed: true, is_complete: false },
    { market_id: 2, construction_complete: true, construction_progress: 100, is_complete: true },
  ]);
  expect((await get(`/system/commodities?name=${SYSTEM}`)).body.commodities).toEqual(
    [
      ['steel', 100, 30],
      ['gold', 5, 0],
      ['aluminium', 10, 10],
    ].map(([symbol, required, provided]) => ({
      ...{ commodity_name: `$${symbol}_name;`, commodity_name_localised: String(symbol).toUpperCase() },
      ...{
        total_required: required,
        total_provided: provided,
        total_remaining: Number(required) - Number(provided),
      },
      sites_requiring: required === provided ? [] : [SITE.station_name],
      ...{ average_payment: 1_000, progress_percentage: (100 * Number(provided)) / Number(required) },
    })),
  );
  const { in_progress_sites: open, completed_sites: done } = (await get('/sites')).body as Record<
    string,
    object[]
  >;
  expect([open?.length, done?.length]).toEqual([2, 1]);
  expect(open?.[0]).toEqual(SITE);
  expect((await get(`/sites/${SITE_ID}`)).body).toEqual({ site: SITE });
  expect((await get('/stats')).body).toEqual({
    ...{ total_systems: 2, total_sites: 4, in_progress_sites: 2, completed_sites: 1 },
  });
  expect((await get('/journal/status')).body).toEqual({ current_system: 'Sol' });
  const home = {
    ...{ carrier_id: CARRIER_ID, market_id: CARRIER_ID, name: 'HOME', callsign: 'K7Q-B1N', role: 'own' },
    ...{ docking_access: null, last_seen_system: null, last_seen_timestamp: iso(8), services: null },
  };
  expect((await get('/carriers/mine')).body).toMatchObject({
    own_carriers: [home],
    squadron_carriers: [{ name: 'OURS', role: 'squadron' }],
  });
  expect((await get('/carriers/current')).body).toEqual({ docked_at_carrier: false, carrier: null });
  for (const [path, status, why] of [
    ['/carriers/current/state', 404, /not currently docked at a fleet carrier/],
    ['/system?name=Nowhere', 404, /^No construction sites found in system: Nowhere$/],
    ['/system/commodities?name=Nowhere', 404, /^No construction sites found/],
    ['/sites/77', 404, /^Construction site not found: 77$/],
    ['/sites/x', 422, /marketId/],
    ['/system', 422, /name/],
    ['/systems/search?q=', 422, /q/],
    ['/changes/longpoll?since=-1', 422, /since/],
    ['/changes/longpoll?timeout_s=500', 422, /timeout_s/],
  ] as const) {
    const { status: got, body } = await get(path);
    expect([got, body.detail], path).toEqual([status, expect.stringMatching(why)]);
  }

  const items = [{ Name: '$gold_name;', Stock: 40 }];
  const market = { MarketID: CARRIER_ID, StationType: 'FleetCarrier', Items: items };
  appendFileSync(
    file,
    text(
      journalLine(20, 'Docked', {
        ...{ StationName: 'K7Q-B1N', StationType: 'FleetCarrier', MarketID: CARRIER_ID, StarSystem: 'Sol' },
      }),
      journalLine(21, 'CarrierLocation', { CarrierID: CARRIER_ID, StarSystem: 'Sol' }),
    ),
  );
  writeFileSync(join(folder, 'Market.json'), journalLine(22, 'Market', market));
  await until(async () => {
    const { body } = await get('/carriers/current/state');
    return ((body.carrier as { cargo?: unknown[] } | undefined)?.cargo?.length ?? 0) > 0;
  });
  expect((await get('/carriers/current')).body).toEqual({
    docked_at_carrier: true,
    carrier: { ...home, last_seen_system: 'Sol' },
  });
  const gold = { commodity_name: '$gold_name;', commodity_name_localised: 'gold' };
  const steel = { commodity_name: '$steel_name;', commodity_name_localised: 'steel' };
  expect((await get('/carriers/current/state')).body).toEqual({
    carrier: {
      identity: { ...home, last_seen_system: 'Sol' },
      cargo: [{ ...gold, stock: 40, reserved: null, capacity: null }],
      ...{ total_cargo_tonnage: 40, total_capacity_tonnage: 25_000, free_space_tonnage: 20_000 },
      buy_orders: [
        { order_type: 'buy', ...steel, price: 9, original_amount: 70, remaining_amount: 70, stock: null },
      ],
      sell_orders: [
        { order_type: 'sell', ...gold, price: 8, original_amount: 40, remaining_amount: 40, stock: 40 },
      ],
      snapshot_time: iso(22),
    },
  });
});

test('settings tell no secrets and are not changed; journals are read anew without forgetting', async () => {
  const { folder, get, server } = await world({ isPublic: true, lines: LINES });
  expect((await get('/sites', {})).status).toBe(200);
  expect((await get('/health', { host: 'rebound.example' })).body.journal_directory).toBe('');
  expect((await get('/settings', {})).status).toBe(401);
  expect((await get('/settings')).body).toEqual({
    ...{ journal_directory: folder, inara_api_key: null, inara_commander_name: null },
    prefer_local_for_commander_systems: true,
  });
  const post = async (path: string, name: string) => {
    const headers = { ...bearer(name), 'content-type': 'application/json' };
    const { status, bytes } = await ask(`${server.url}/api${path}`, headers, 'POST', '{}');
    return { status, body: JSON.parse(bytes.toString()) as Record<string, unknown> };
  };
  expect((await post('/settings', 'journal')).status).toBe(403);
  expect(await post('/settings', 'operate')).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('journal_dirs') as string },
  });
  // What is known is there all the while.
  const seen: unknown[] = [];
  const reload = { isDone: false };
  const watching = (async () => {
    while (!reload.isDone || seen.length < 3) seen.push((await get('/stats', {})).body.total_sites);
  })();
  expect(await post('/debug/reload-journals', 'operate')).toEqual({
    status: 200,
    body: { processed_files: [FILE], total_events: LINES.length, journal_directory: folder },
  });
  reload.isDone = true;
  await watching;
  expect(new Set(seen)).toEqual(new Set([4]));
});
