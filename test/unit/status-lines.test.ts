import { expect, test } from 'vitest';
import { length, statusLines, type Told } from '../../src/cli/daemon/status-lines.ts';

const NOW_MS = Date.parse('2026-11-28T12:00:00Z');
const at = (secondsFromNow: number) => new Date(NOW_MS + secondsFromNow * 1000).toISOString();

function actor(name: string, state: string, more: Partial<Told['actors'][number]> = {}) {
  return {
    ...{ name, state, since: at(-7_200), lastEvent: null, events: 9, transitions: 9, incarnations: 1 },
    ...{ counters: {}, lastError: null, due: [] },
    ...more,
  };
}

const TOLD: Told = {
  version: '1.2.3',
  uptimeS: 600,
  relay: { messages: 12_345, connections: 2 },
  days: [
    { day: '2026-11-24', missingS: 0, isReplayed: false },
    { day: '2026-11-25', missingS: 86_400, isReplayed: true },
    { day: '2026-11-26', missingS: 7_200, isReplayed: false },
    { day: '2026-11-27', missingS: 86_400, isReplayed: false },
    { day: '2026-11-28', missingS: 300, isReplayed: false },
  ],
  notReady: ['database: unavailable'],
  actors: [
    actor('writer', 'unavailable', { lastError: { message: 'refused', at: at(-5), active: true } }),
    actor('guardian of writer', 'backingOff', { counters: { restarts: 3 } }),
    actor('exporter', 'waiting', { due: [{ timer: 'exportInterval', at: at(90) }] }),
    actor('guardian of exporter', 'up.steady', { counters: { restarts: 0 } }),
  ],
  totals: {
    ...{
      received: 12_345,
      accepted: 1_200,
      learned: 0,
      taken: {},
      restored: 0,
      written: 1_000,
      writtenRows: 49_000,
    },
    ...{ stale: 7, superseded: 8, spilled: 0, everParked: 5, parkedDropped: 0, deferrals: 0 },
    ...{ rejected: { malformed: 1, 'other schema': 11_144 }, rejectedRows: {} },
  },
  held: 4,
  markets: { pending: 4, deferred: 0, queued: 0, spooled: 6, parked: 5 },
  maintenance: { purge: at(86_400), optimize: null },
  history: {
    running: { day: '2026-11-28', changes: 1_234, gap: null },
    whole: [
      { from: '2026-11-01', to: '2026-11-20' },
      { from: '2026-11-22', to: '2026-11-22' },
    ],
    others: [{ day: '2026-11-21', why: 'the change log began anew' }],
    bytes: 3 * 2 ** 20,
  },
  newestSnapshot: { observedAt: at(-30), receivedAt: at(-3) },
  database: {
    ...{ totalRows: 154_385, liveRows: 2_000, stations: 4_000, liveStations: 40, implausibleMarkets: 2 },
    ...{ newestAtS: NOW_MS / 1000 - 20, readAt: at(-1) },
  },
  files: [{ name: 'listings.csv', bytes: 5_000_000, ageS: 10_000 }],
};

test('rates, ages, what is due, and what is wrong; guardians only where they had something to do', () => {
  expect(statusLines(TOLD, NOW_MS)).toEqual([
    'not ready: database: unavailable',
    'running       version 1.2.3, for 10 min',
    'messages      12,345 received (1234.5 a minute), 1,200 markets, 11,145 refused; newest market 3 s ago',
    'written       1,000 markets (100.0 a minute) of 49,000 rows, 7 stale, 8 superseded',
    'waiting       4 in memory, 6 in the spool; 5 parked until their system is known',
    'passed on     12,345 messages; 2 consumers connected',
    'database      154,385 rows of 4,000 stations, live 2,000 of 40; newest observed 20 s ago; 2 with implausible prices',
    'days          2 of the last 4 are whole; missing: 2026-11-26 (2 h), 2026-11-27 (all); of today 5 min',
    '              tdl backfill --from 2026-11-26 --to 2026-11-27 fills them',
    'history       2026-11-28 runs, 1,234 changes; whole 2026-11-01 to 2026-11-20, 2026-11-22; 2026-11-21 not whole: the change log began anew; 3.0 MiB',
    'listings.csv  3 h old, 5,000,000 bytes',
    'next          listings-live.csv in 90 s, purge in 24 h',
    `writer        unavailable, since ${at(-7_200)} (2 h ago); restarted 3 times; guardian backingOff; refused`,
    `exporter      waiting, since ${at(-7_200)} (2 h ago)`,
  ]);
});

test('what is not known is not told as 0', () => {
  const text = statusLines({ ...TOLD, notReady: [], database: null, newestSnapshot: null }, NOW_MS).join(
    '\n',
  );
  expect(text).toMatch(/^ready$/m);
  expect(text).toMatch(/^database +not counted yet: ask again$/m);
  expect(text).not.toContain('newest market');
});

test.each([
  [0, '0 s'],
  [99, '99 s'],
  [101, '2 min'],
  [7_200, '2 h'],
  [200_000, '2 days'],
  [-3, '0 s'],
])('%i seconds are %s', (seconds, text) => {
  expect(length(seconds)).toBe(text);
});
