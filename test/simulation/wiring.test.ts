import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { OutboxPorts } from '../../src/domain/ports/publishing/broker.ts';
import { OWN_TABLES_MADE } from '../../src/domain/ports/store/learning-store.ts';
import type { Lease } from '../../src/domain/ports/upkeep/leadership.ts';
import { snapshotOf } from './frames.ts';
import { DEFAULTS, running, WITH_DUMPS } from './running.ts';
import { fireUntil } from './script.ts';

beforeEach(() => void vi.spyOn(console, 'warn').mockReturnValue(undefined));

/** Of others, who lead unless told otherwise. */
function leaseOf() {
  const state = { leads: false, closed: false };
  const leader = { epoch: 7, name: 'another', url: 'http://another', sinceS: 1_767_225_600 };
  const lease: Lease = {
    claim: () =>
      Promise.resolve(
        state.leads
          ? { leads: true, heldMs: 9_000, leader: { ...leader, name: 'this' } }
          : { leads: false, leader },
      ),
    renew: () => Promise.resolve(state.leads ? { held: true, heldMs: 9_000 } : { held: false }),
    release: () => {
      state.leads = false;
      return Promise.resolve();
    },
    close: () => Promise.resolve(void (state.closed = true)),
  };
  return { state, lease };
}

/** A broker that has been told all. */
function outboxThat(note: (what: 'asked' | 'closed') => unknown): OutboxPorts {
  return {
    broker: {
      begin: () => {
        note('asked');
        return Promise.resolve({ position: { logId: 'log', seq: 0 }, filledUpTo: null });
      },
      close: () => Promise.resolve(void note('closed')),
    },
    store: { beginChangeLog: () => Promise.resolve('there') },
    queries: {
      changesSince: () => Promise.resolve({ logId: 'log', lastSeq: 0, changes: [] }),
      close: () => Promise.resolve(),
    },
  } as unknown as OutboxPorts;
}

test('what is written is told: once in the log, to the listing that is still empty, and to the broker', async () => {
  const told: string[] = [];
  const outbox = outboxThat((what) => told.push(what));
  const { world, lines, publish, end } = await running({
    settings: { outbox: { ...DEFAULTS.outbox, lookMs: 600_000 } },
    ports: () => ({ outbox }),
  });
  expect(world.publishedListing).toBe('');
  expect(told).toEqual(['asked']);
  publish(1);
  await fireUntil(world, () => world.stations.has(1));
  await world.clock.advance(500);
  expect(told).toEqual(['asked', 'asked']);
  publish(2);
  await world.clock.advance(5_000);
  expect(lines.filter((text) => text === 'the first market is in the database')).toHaveLength(1);
  expect(world.publishedListing).toBe(world.liveListing());
  await end();
  expect(told.at(-1)).toBe('closed');
});

test('a full batch is written at once, another one when it has waited', async () => {
  const { world, publish, end } = await running({
    settings: {
      writer: { ...DEFAULTS.writer, gatherMs: 20_000 },
      stations: { ...DEFAULTS.stations, batch: { rows: 12_000, markets: 2 } },
    },
  });
  publish(1);
  await world.clock.advance(15_000);
  expect(world.stations.size).toBe(0);
  publish(2);
  await world.clock.advance(2_000);
  expect(world.stations.size).toBe(2);
  await end();
});

test('what the feed tells of systems is written, and that tables were made for it', async () => {
  const { world, lines, end } = await running({
    ports: ({ store }) => ({
      store: { ...store, learn: async (records) => ({ ...(await store.learn(records)), madeTables: true }) },
    }),
  });
  world.publish({ system: 9, observedAtS: world.nowS });
  await world.clock.advance(2_000);
  expect(world.systems).toContain('System 9');
  expect(lines).toContain(OWN_TABLES_MADE);
  await end();
});

test('the feed is paused while there is no room, and then read on', async () => {
  const { world, actor, publish, end } = await running({
    faults: { 'database down': [2, 60], 'spool full': [2, 60] },
    settings: { stations: { ...DEFAULTS.stations, maxLive: 4 } },
  });
  const markets = Array.from({ length: 8 }, (_, i) => i + 1);
  publish(...markets);
  await world.clock.advance(10_000);
  expect(actor('listener')?.state).toMatch(/paused/i);
  await world.clock.advance(120_000);
  expect(actor('listener')?.state).not.toMatch(/paused/i);
  expect([...world.stations.keys()].sort()).toEqual(markets);
  await end();
});

test('a stop is over when all is written, and does not wait for its deadline', async () => {
  const { world, publish, end } = await running({
    settings: { writer: { ...DEFAULTS.writer, gatherMs: 5_000 } },
  });
  publish(1, 2, 3);
  await world.clock.advance(500);
  const beganMs = world.clock.now();
  await end();
  // Ten seconds of it are looked at what goes on after that.
  expect(world.clock.now() - beganMs).toBeLessThan(30_000);
  expect(world.stations.size).toBe(3);
});

test('a file that has been read to its end is written, and then it ends by itself', async () => {
  let close: () => void = () => undefined;
  const { world, life, publish } = await running({
    ports: ({ feed }) => {
      close = () => feed.close();
      return { feed: { ...feed, finite: true } };
    },
  });
  publish(1, 2);
  await world.clock.advance(100);
  close();
  expect(world.stations.size).toBe(0);
  await fireUntil(world, () => life.ended !== null);
  expect(life.ended).toEqual({ failure: null });
  expect(world.stations.size).toBe(2);
});

test('a supervisor that crashes says so at the end', async () => {
  const { world, life, system } = await running({
    onLine: (text) => {
      if (text.startsWith('stopping')) throw new Error('the log is broken');
    },
  });
  system.stop();
  await fireUntil(world, () => life.ended !== null);
  expect(life.ended).toEqual({ failure: { kind: 'crash', reason: 'supervisor: the log is broken' } });
});

describe('what only a leader does', () => {
  test('is not done while another leads, and what is asked of it is refused; the rest is done all the same', async () => {
    const { state, lease } = leaseOf();
    const { world, system, publish, end } = await running({ settings: WITH_DUMPS, ports: () => ({ lease }) });
    publish(1);
    await world.clock.advance(60_000);
    expect(world.stations.size).toBe(1);
    expect(world.publishedListing).toBeNull();
    expect(world.dumpProgress).toBeNull();
    const { asking } = system;
    for (const asked of [
      () => asking.exportLive(),
      () => asking.publish(),
      () => asking.import({ from: '/dump', maxAgeDays: undefined }, nobody()),
      () => asking.maintain({ task: 'optimize' }),
      () => asking.yield(),
    ])
      await expect(asked()).rejects.toMatchObject({ code: 'leadership' });
    expect(system.status.report().leadership).toMatchObject({ leads: false, leader: { name: 'another' } });
    state.leads = true;
    await world.clock.advance(30_000);
    expect(system.status.report().leadership).toMatchObject({ leads: true, leader: { name: 'this' } });
    expect(world.publishedListing).not.toBeNull();
    expect(world.dumpProgress).not.toBeNull();
    const yielded = asking.yield();
    await world.clock.advance(1_000);
    await yielded;
    expect(state.leads).toBe(false);
    await end();
    expect(state.closed).toBe(true);
  });

  test('is done when it is asked for', async () => {
    const { world, system, end } = await running({
      settings: WITH_DUMPS,
      ports: ({ spanshUpdater }) => ({
        spanshUpdater: {
          ...spanshUpdater,
          importGiven: ({ from }: { readonly from: string }) => Promise.resolve({ from } as never),
        },
      }),
    });
    await world.clock.advance(60_000);
    const reads = world.exportReads.length;
    const exported = system.asking.exportLive();
    await world.clock.advance(1_000);
    await expect(exported).resolves.toMatchObject({ bytes: 0 });
    expect(world.exportReads.length).toBeGreaterThan(reads);
    const imported = system.asking.import({ from: '/dump', maxAgeDays: undefined }, nobody());
    await world.clock.advance(60_000);
    await expect(imported).resolves.toEqual({ from: '/dump' });
    const published = system.asking.publish();
    await world.clock.advance(60_000);
    await expect(published).resolves.toMatchObject({ demoted: 0 });
    const maintained = system.asking.maintain({ task: 'optimize' });
    await world.clock.advance(60_000);
    await expect(maintained).resolves.toMatchObject({ rows: 0 });
    await expect(system.asking.yield()).rejects.toMatchObject({ code: 'leadership' });
    world.violations.length = 0;
    await end();
  });
});

const nobody = () => ({ onProgress: () => undefined, signal: new AbortController().signal });

test('in a maintenance window nobody is at work on the database, and all go on after it', async () => {
  const { world, publish, end } = await running({
    settings: {
      ...WITH_DUMPS,
      maintenanceWindow: { ...DEFAULTS.maintenanceWindow, quiesceMs: 60_000 },
    },
    purgeEveryMs: 60_000,
  });
  for (let second = 0; second < 300; second++) {
    publish(1 + (second % 20));
    await world.clock.advance(1_000);
  }
  expect(world.maintenances).toBeGreaterThan(1);
  await world.clock.advance(60_000);
  expect(world.stations.size).toBe(20);
  expect(world.dumpProgress?.stage).toBe('demoted');
  await end();
});

test('what is configured anew counts from the next time on', async () => {
  const { world, system, publish, end } = await running();
  publish(1);
  await world.clock.advance(5_000);
  system.reconfigure({ ...DEFAULTS, exporter: { ...DEFAULTS.exporter, intervalMs: 10_000 } });
  const exported = system.asking.exportLive();
  await world.clock.advance(1_000);
  await exported;
  publish(2);
  await world.clock.advance(15_000);
  expect(world.publishedListing).toBe(world.liveListing());
  expect(world.stations.size).toBe(2);
  await end();
});

test('what is gathered of a file is written when it has ended, or counted when it is left', async () => {
  const { world, system, publish, end } = await running({
    settings: { stations: { ...DEFAULTS.stations, gather: { rows: 1_000, records: 1_000 } } },
  });
  system.leaveGathered();
  expect(system.ledger.totals.rejected).toEqual({});
  expect(system.isAtRest).toBe(true);
  publish(1, 2);
  world.publish({ system: 9, observedAtS: world.nowS });
  await world.clock.advance(10_000);
  expect(world.stations.size).toBe(0);
  expect(system.isAtRest).toBe(false);
  system.leaveGathered();
  expect(system.ledger.totals.rejected).toEqual({ 'file not read to its end': 2 });
  expect(system.isAtRest).toBe(true);
  publish(3);
  await world.clock.advance(5_000);
  system.endGathering();
  await world.clock.advance(5_000);
  expect([...world.stations.keys()]).toEqual([3]);
  // It was forgotten with the rest.
  expect(world.systems).not.toContain('System 9');
  expect(system.isAtRest).toBe(true);
  await end();
});

test('what waits in the spool of somebody else is on the disk when it is taken over, and written', async () => {
  const { world, system, seen, end } = await running();
  const adopted = system.adopt([snapshotOf(seen(7), world.clock.now())]);
  let wasKept = false;
  void adopted.then(() => (wasKept = world.spoolDisk.entries.has(7)));
  await world.clock.advance(30_000);
  expect(wasKept).toBe(true);
  expect(world.stations.has(7)).toBe(true);
  expect(system.isAtRest).toBe(true);
  await end();
});

test('it can be looked at while it runs', async () => {
  const { world, system, publish, end } = await running();
  const inspection = system.inspect();
  publish(1);
  await world.clock.advance(2_000);
  expect(inspection.actors().map(({ name }) => name)).toContain('writer');
  expect(inspection.pool().totals).toMatchObject({ received: 1, written: 1 });
  inspection.close();
  expect(system.status.report()).toMatchObject({
    ...{ notReady: [], totals: { received: 1, written: 1 }, leadership: null, history: null },
    markets: { pending: 0, queued: 0 },
  });
  await end();
});
