import { expect } from 'vitest';
import { isShort, isThrough, type PatrolLook } from '../../../src/domain/tours/patrols/patrol.ts';
import { patrolMachine, type PatrolInput } from '../../../src/machines/commanders/patrol.machine.ts';
import type { ModelSetup } from '../../support/model.ts';
import { patrolOrder } from '../../support/tour-world.ts';

const NOW_S = 1_000_000;
const MAX_AGE_S = 43_200;

const fine: PatrolLook = {
  ...{
    atS: NOW_S,
    markets: 3,
    overdue: 0,
    neverSeen: 0,
    oldestAtS: NOW_S - 60,
    listed: 1,
    late: 0,
    unlisted: 0,
  },
  ...{ needed: 1, able: 1, validUntilS: NOW_S + 120 },
};
const LOOKS: readonly PatrolLook[] = [
  fine,
  { ...fine, overdue: 1 },
  { ...fine, late: 1, validUntilS: NOW_S - 5 },
  { ...fine, unlisted: 1, needed: null, able: 0, validUntilS: NOW_S + 9_999 },
];

function setupOf(isOnce: boolean, look: PatrolInput['look']): ModelSetup<typeof patrolMachine> {
  const order = { ...patrolOrder('home', MAX_AGE_S, 'Jameson'), isOnce };
  const other = { ...patrolOrder('home', MAX_AGE_S), isOnce };
  return {
    machine: patrolMachine,
    input: {
      ...{ order, look, keptMs: 300_000, shortMs: 60_000, backoff: { minMs: 1_000, capMs: 60_000 } },
      ...{ random: () => 0.5, nowMs: () => NOW_S * 1_000 },
    },
    outputs: { look: LOOKS },
    fails: ['look'],
    delays: { lookBackoff: [500, 60_000], keptLook: [1_000, 300_000], shortLook: [1_000, 60_000] },
    stop: { type: 'stop' },
    home: ['kept', 'done'],
    payloads: (type) => ({ 'patrol.change': [{ order: other }, { order }] })[type],
    key: ({ look: now, failures, state, order: { commanders } }) => [
      now === null ? null : LOOKS.indexOf(now),
      Math.min(failures, 2),
      state,
      commanders.length,
    ],
    check({ event, value, context, before, running, inputs, news, done }) {
      const { look: now, state } = context;
      expect(running, 'looks while it says so').toEqual(value === 'planning' ? ['look'] : []);
      if (news.includes('start look')) expect(inputs.look).toEqual(context.order);
      if (value === 'kept') {
        expect(now !== null && !isShort(now), 'keeps what it promises').toBe(true);
        expect(order.isOnce && isThrough(context.order, now!), 'done once').toBe(false);
      }
      if (value === 'short') expect(now !== null && isShort(now), 'short of something').toBe(true);
      if (value === 'done') expect(isThrough(context.order, now!), 'nothing is too old').toBe(true);
      if (value === 'kept' || value === 'short' || value === 'done') {
        expect(state, 'told as it is').toBe(value);
        if (before?.look !== now) expect(news, 'a look is kept').toContain('do keep');
      }
      if (event.type === 'patrol.change') expect(now, 'what was told is of another order').toBeNull();
      if (!done) return;
      const calledBack = news.includes('do withdraw');
      expect(calledBack, 'a stop leaves the commanders where they are').toBe(value !== 'closed');
      expect(['done', 'removed', 'closed']).toContain(value);
    },
  };
}

export const setups = [
  setupOf(false, null),
  setupOf(true, null),
  // Of an earlier life.
  setupOf(false, { ...fine, atS: NOW_S - 86_400, validUntilS: NOW_S - 80_000 }),
];
