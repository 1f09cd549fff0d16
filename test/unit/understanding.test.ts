import { expect, test } from 'vitest';
import { Understanding } from '../../src/domain/eddn/understanding.ts';
import type { StagedBatch } from '../../src/domain/ports/market/feed.ts';

/** What became of a batch of which nothing else is said. */
const batch = (told: Partial<StagedBatch>): StagedBatch => ({
  ...{ received: 1, newestGatewayS: 0, snapshots: [], unresolved: [], records: [], learned: 0, taken: {} },
  ...{ rejected: {}, rejectedRows: {}, unknownCommodities: {}, samples: [] },
  ...told,
});

const after = (...batches: readonly Partial<StagedBatch>[]) => {
  const understanding = new Understanding();
  for (const told of batches) understanding.note(batch(told));
  return understanding.trouble;
};

test('twenty strange messages in a row are trouble, and what is told most often is said', () => {
  const strange = { rejected: { malformed: 5, 'no timestamp': 7, 'other schema': 100 } };
  expect(after(strange)).toBeNull();
  expect(after(strange, { rejected: { malformed: 7 } })).toBeNull();
  expect(after(strange, { rejected: { malformed: 8 } })).toBe(
    'none of the last 120 messages was of use, mostly: malformed',
  );
});

test('messages of other schemas are trouble only where there is nothing else', () => {
  expect(after({ rejected: { 'other schema': 1_999 } })).toBeNull();
  expect(after({ rejected: { 'test schema': 500, 'other schema': 1_500 } })).toBe(
    'none of the last 2000 messages was of use, mostly: other schema',
  );
});

test.each([
  { learned: 1 },
  { snapshots: [{} as StagedBatch['snapshots'][number]] },
  { unresolved: [{} as StagedBatch['unresolved'][number]] },
  { rejected: { 'software version too old': 1, malformed: 30 } },
])('one that is understood ends it: %j', (understood) => {
  const strange = { rejected: { 'no timestamp': 19 } };
  expect(after(strange, understood, strange)).toBeNull();
  expect(after(strange, understood, { rejected: { malformed: 20 } })).toBe(
    'none of the last 20 messages was of use, mostly: malformed',
  );
});
