import { expect, test } from 'vitest';
import { createDeltaPublisher } from '../../src/actors/delta-publisher/child.ts';
import type { DeltaKind } from '../../src/domain/deltas/deltas.ts';
import type { MadeDelta } from '../../src/domain/ports/publishing/delta-publisher.ts';
import { childWorld } from '../support/child-world.ts';
import { settled } from '../support/virtual-time.ts';

const delta = { name: 'delta-1.csv', fromSeq: 4, toSeq: 9, rows: 30, stations: 2, emptied: 1 };

/** A publisher to which one after the other is due, and what it makes of them. */
function publisherOf(due: readonly DeltaKind[], made: (kind: DeltaKind) => Promise<MadeDelta>) {
  const waiting = [...due];
  const asked: { plans: number; readonly made: string[]; signals: AbortSignal[] } = {
    plans: 0,
    made: [],
    signals: [],
  };
  const world = childWorld(createDeltaPublisher, {
    deltaPublisher: {
      enabled: true,
      plan: (signal: AbortSignal) => {
        asked.plans++;
        asked.signals.push(signal);
        return Promise.resolve({ due: waiting.shift() ?? null, restMs: 60_000 });
      },
      make: (kind: DeltaKind, signal: AbortSignal) => {
        asked.made.push(kind);
        asked.signals.push(signal);
        return made(kind);
      },
    },
  });
  return { ...world, asked };
}

test('what is due is made, one after the other, and told with what is in it', async () => {
  const { asked, lines, start, time } = publisherOf(['daily', 'hourly'], (kind) =>
    Promise.resolve({ kind, delta: kind === 'daily' ? delta : null, isBroken: false }),
  );
  await start();
  expect(asked.plans).toBe(0);
  await time.advance(1_000);
  expect(asked.made).toEqual(['daily', 'hourly']);
  expect(lines).toEqual([
    ['info', 'deltas: delta-1.csv, changes 5 to 9: 30 rows of 2 stations, 1 emptied', delta],
  ]);
  expect(asked.plans).toBe(3);
  await time.advance(59_000);
  expect(asked.plans).toBe(3);
  await time.advance(1_000);
  expect(asked.plans).toBe(4);
});

test('whoever follows deltas is told when the log does not reach back', async () => {
  const { lines, start, time } = publisherOf(['hourly'], (kind) =>
    Promise.resolve({ kind, delta: null, isBroken: true }),
  );
  await start();
  await time.advance(1_000);
  expect(lines).toEqual([
    [
      'warn',
      'deltas: the change log does not reach back to the last hourly one; who follows them begins with the next full file',
      { kind: 'hourly' },
    ],
  ]);
});

test('trouble is told once, until one has been made', async () => {
  const full = new Error('disk full');
  const ends = [
    () => Promise.reject(full),
    () => Promise.reject(full),
    () => Promise.resolve({ kind: 'hourly' as const, delta: null, isBroken: false }),
    () => Promise.reject(full),
  ];
  const { texts, lines, start, time } = publisherOf(['hourly', 'hourly', 'hourly', 'hourly'], () =>
    (ends.shift() ?? (() => Promise.reject(full)))(),
  );
  await start();
  await time.advance(1_000);
  await time.fireNext();
  expect(texts()).toEqual(['error deltas: none made: disk full']);
  expect(lines[0]?.[2]).toEqual({ attempt: 1, error: 'disk full' });
  await time.fireNext();
  expect(texts()).toHaveLength(2);
  expect(ends).toEqual([]);
});

test('a maintenance window begins when a delta that was dropped has left the database alone', async () => {
  const made = Promise.withResolvers<MadeDelta>();
  const { asked, child, send, start, time, told } = publisherOf(['hourly'], () => made.promise);
  await start();
  await time.advance(1_000);
  expect(asked.made).toEqual(['hourly']);
  await send('database.quiesce');
  expect(asked.signals.at(-1)?.aborted).toBe(true);
  expect(told).toEqual([]);
  made.resolve({ kind: 'hourly', delta: null, isBroken: false });
  await child.dispose?.();
  await settled();
  expect(told).toEqual([['maintenance-window', { type: 'database.quiet', user: 'delta-publisher' }]]);
  expect(child).toMatchObject({ database: { saysQuiet: true }, runs: 'elected' });
});

test('where none are published nothing is looked for, and windows are not kept waiting', async () => {
  let looks = 0;
  const { send, start, time, told } = childWorld(createDeltaPublisher, {
    deltaPublisher: { enabled: false, plan: () => Promise.resolve((looks += 1)) },
  });
  await start();
  await time.advance(3_600_000);
  await send('database.quiesce');
  await settled();
  expect(looks).toBe(0);
  expect(told).toHaveLength(1);
});
