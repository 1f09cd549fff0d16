import { createActor, toPromise } from 'xstate';
import { expect, test } from 'vitest';
import { outboxLogics } from '../../src/actors/outbox/steps.ts';
import type { OutboxMark, OutboxPage, OutboxPorts } from '../../src/domain/ports/publishing/broker.ts';

/** A broker that is found to have that, when another outbox has been at it since it was found wanting. */
function brokerWith(mark: OutboxMark | null) {
  const told: OutboxPage[] = [];
  const ports = {
    broker: {
      begin: () => Promise.resolve(mark),
      tell(page: OutboxPage) {
        told.push(page);
        mark = page.mark;
        return Promise.resolve(true);
      },
      marketIds: () => Promise.resolve([]),
    },
    queries: {
      // Entries before the tenth are gone.
      changesSince: (seq: number) =>
        Promise.resolve({ logId: 'log', lastSeq: 20, changes: seq > 0 && seq < 9 ? null : [] }),
      marketIdsAfter: () => Promise.resolve([]),
      markets: () => Promise.resolve([]),
    },
  } as unknown as OutboxPorts;
  const fill = () => {
    const actor = createActor(outboxLogics(ports).logics.fill, { input: { reason: 'empty' } });
    actor.start();
    return toPromise(actor);
  };
  return { told, fill };
}

const at = (logId: string, seq: number, filledUpTo: number | null): OutboxMark => ({
  position: { logId, seq },
  filledUpTo,
});

test('what another has filled is not filled again, and never goes back', async () => {
  const { told, fill } = brokerWith(at('log', 17, null));
  expect(await fill()).toBe(0);
  expect(told).toEqual([]);
});

test('what another has begun to fill goes on from there', async () => {
  const { told, fill } = brokerWith(at('log', 12, 500));
  await fill();
  expect(told.map(({ mark }) => mark)).toEqual([at('log', 12, null)]);
});

test.each([
  ['nothing', null],
  ['another log', at('other', 17, null)],
  ['what the log reaches back to no more', at('log', 5, null)],
])('a broker with %s is filled from the end of the log', async (_, mark) => {
  const { told, fill } = brokerWith(mark);
  await fill();
  expect(told.map((page) => page.mark)).toEqual([at('log', 20, null)]);
});
