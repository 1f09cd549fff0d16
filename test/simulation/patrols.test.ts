import { expect, test } from 'vitest';
import { times } from '../support/times.ts';
import { simulatePatrols } from './patrol-month.ts';

// More: `npm run simulate -- --patrols --seeds 20`.
test('weeks of two patrols, whatever is killed, lost or away: kept is kept, else short, each market closed once', async () => {
  const month = await simulatePatrols(1, times(9, 23));
  expect(month.tours).toBeGreaterThan(10);
  expect(month.closed).toBeGreaterThan(1_000);
  expect(month.kills).toBeGreaterThan(2);
  expect(month.states.kept).toBeGreaterThan(100);
  expect(month.states.short).toBeGreaterThan(100);
}, 300_000);
