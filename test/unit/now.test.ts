import { describe, expect, test } from 'vitest';
import { FeedWatch } from '../../src/actors/listener/watch.ts';
import { Understanding } from '../../src/domain/eddn/understanding.ts';
import { Now } from '../../src/domain/now.ts';
import type { StagedBatch } from '../../src/domain/ports/market/feed.ts';
import { BatchStager } from '../../src/domain/eddn/batch-stager.ts';

/** 2026-11-28T12:00:00Z. */
const NOON_S = 1_795_867_200;
const MINUTE_MS = 60_000;

function clockAt(localS: number, provenMs = 0) {
  const clock = { localMs: localS * 1000, now: () => clock.localMs };
  return { clock, now: new Now(clock, provenMs) };
}

function batch(parts: Partial<StagedBatch>): StagedBatch {
  return { ...new BatchStager(null).finish(), received: 1, ...parts };
}

describe('now', () => {
  test('is the local clock while nobody tells a later time', () => {
    const { now } = clockAt(NOON_S);
    expect(now.ms).toBe(NOON_S * 1000);
    now.noteGateway(NOON_S - 1, true);
    expect([now.ms, now.behindMs]).toEqual([NOON_S * 1000, 0]);
  });

  test('is the gateway when the local clock is behind it', () => {
    const { now } = clockAt(NOON_S - 3600);
    now.noteGateway(NOON_S, true);
    now.noteGateway(NOON_S - 10, true);
    expect([now.ms, now.behindMs]).toEqual([NOON_S * 1000, 3_600_000]);
  });

  test.each([
    [59, 0],
    [60, 0],
    [61, 61_000],
  ])('of %i s behind is told as %i ms', (behindS, behindMs) => {
    const { now } = clockAt(NOON_S - behindS);
    now.noteGateway(NOON_S, true);
    expect(now.behindMs).toBe(behindMs);
  });

  test('forgets what the gateway told after some minutes', () => {
    const { clock, now } = clockAt(NOON_S - 3600);
    now.noteGateway(NOON_S, true);
    clock.localMs += 4 * MINUTE_MS;
    now.noteGateway(NOON_S - 7200, true);
    expect(now.behindMs).toBe(56 * MINUTE_MS);
    clock.localMs += 2 * MINUTE_MS;
    now.noteGateway(NOON_S - 7200, true);
    expect(now.behindMs).toBe(54 * MINUTE_MS);
    clock.localMs += 6 * MINUTE_MS;
    now.noteGateway(NOON_S - 7200, true);
    expect([now.behindMs, now.ms]).toEqual([0, clock.localMs]);
  });

  test.each([
    // told, and how many minutes later it still counts or does not
    [[0], 9, true],
    [[0], 10, false],
    [[4], 5, true],
    [[4], 6, false],
    [[0, 4], 5, true],
    [[0, 9], 0, true],
    [[0, 9], 1, false],
    [[0, 10], 0, false],
    [[0, 20], 0, false],
  ])('counts what was told first of %j minutes %i minutes later: %j', (minutes, later, counts) => {
    const { clock, now } = clockAt(NOON_S - 3600);
    for (const [at, minute] of minutes.entries()) {
      clock.localMs = (NOON_S - 3600) * 1000 + minute * MINUTE_MS;
      now.noteGateway(at === 0 ? NOON_S : NOON_S - 7200, true);
    }
    clock.localMs += later * MINUTE_MS;
    expect(now.ms).toBe(counts ? NOON_S * 1000 : clock.localMs);
  });

  test.each([-7, 7])('a clock that is set by %i hours is right at once', (hours) => {
    const { clock, now } = clockAt(NOON_S + hours * 3600);
    now.noteGateway(NOON_S, true);
    clock.localMs = NOON_S * 1000;
    now.noteGateway(NOON_S, true);
    expect([now.ms, now.behindMs]).toEqual([NOON_S * 1000, 0]);
  });

  test('what a slow clock calls impossible may have been told before', () => {
    const { now } = clockAt(NOON_S - 86_400, NOON_S * 1000);
    expect(now.notAfterS(300)).toBe(NOON_S + 300);
    // But it is no news of this moment.
    expect(now.behindMs).toBe(0);
  });

  test('what is proven grows with live messages only', () => {
    const { now } = clockAt(NOON_S);
    now.noteGateway(NOON_S + 7200, false);
    expect(now.provenMs).toBe(0);
    now.noteGateway(NOON_S + 60, true);
    now.noteGateway(NOON_S, true);
    expect(now.provenMs).toBe((NOON_S + 60) * 1000);
  });
});

describe('what is understood', () => {
  const after = (...batches: Partial<StagedBatch>[]) => {
    const understanding = new Understanding();
    for (const each of batches) understanding.note(batch(each));
    return understanding.trouble;
  };

  test.each([
    [{ malformed: 20 }, 'malformed'],
    [{ malformed: 12, 'too large': 8 }, 'malformed'],
    [{ 'other version of the schema': 20, 'other schema': 400 }, 'other version of the schema'],
    [{ 'timestamp unreadable': 20 }, 'timestamp unreadable'],
    [{ 'other schema': 1_990, 'test schema': 10 }, 'other schema'],
    [{ 'nothing to learn': 2_000 }, 'nothing to learn'],
  ])('%j in a row are no accident: mostly %s', (rejected, reason) => {
    const messages = Object.values(rejected).reduce((sum, count) => sum + count, 0);
    expect(after({ rejected })).toBe(`none of the last ${messages} messages was of use, mostly: ${reason}`);
  });

  test.each([
    [{ malformed: 19, 'other schema': 1_900 }],
    // Scans come in long rows.
    [{ 'nothing to learn': 1_900, malformed: 19 }],
    [{ malformed: 100, 'software not whitelisted': 1 }],
    [{ 'other schema': 5_000, 'legacy galaxy': 1 }],
  ])('%j are', (rejected) => {
    expect(after({ rejected })).toBeNull();
  });

  test('one market is enough, and it counts anew', () => {
    const market = { snapshots: [{} as never] };
    expect(after({ rejected: { malformed: 50 } }, market, { rejected: { malformed: 19 } })).toBeNull();
    expect(after(market, { rejected: { malformed: 10 } }, { rejected: { malformed: 10 } })).not.toBeNull();
    expect(after({ rejected: { malformed: 50 } }, { unresolved: [{} as never] })).toBeNull();
    expect(after({ rejected: { malformed: 50 } }, { learned: 1 })).toBeNull();
  });
});

test('the watch says what is wrong', () => {
  const { clock, now } = clockAt(NOON_S - 3600);
  const told: unknown[] = [];
  const tell = (trouble: string | null) => told.push(trouble);
  const watch = new FeedWatch(now, true, { clock: tell, understood: tell });
  watch.note(batch({ newestGatewayS: NOON_S, rejected: { malformed: 20 } }));
  watch.tell();
  const troubles = [
    "the local clock is 60 min behind the one of EDDN's gateway",
    'none of the last 20 messages was of use, mostly: malformed',
  ];
  expect(watch.troubles()).toEqual(troubles);
  expect(told).toEqual(troubles);
  clock.localMs = NOON_S * 1000;
  watch.note(batch({ newestGatewayS: NOON_S, snapshots: [{} as never] }));
  watch.tell();
  expect(watch.troubles()).toEqual([]);
  expect(told.slice(2)).toEqual([null, null]);
});
