import { expect, test } from 'vitest';
import type { Log } from '../../src/domain/ports/log.ts';
import { RefusalLog } from '../../src/infra/store/shared/refusals.ts';

function hearing() {
  const told: string[] = [];
  const log = { warn: (_: object, message: string) => told.push(message) } as unknown as Log;
  return { told, refusals: new RefusalLog(log) };
}

const mayPass = (text: string) => ({ text, isInvalid: false });
const never = (text: string) => ({ text, isInvalid: true });

test('a reason is told once, whichever record it is that the database refuses', () => {
  const { told, refusals } = hearing();
  refusals.tell([mayPass("disk full at 'Sol'"), mayPass("disk full at 'Alioth'")]);
  refusals.tell([mayPass("disk full at 'Lave'"), mayPass('too long')]);
  expect(told).toEqual([
    "the database refuses records, told once a reason: disk full at 'Sol'",
    'the database refuses records, told once a reason: too long',
  ]);
});

test('after a hundred reasons no other is told', () => {
  const { told, refusals } = hearing();
  refusals.tell(Array.from({ length: 100 }, (_, i) => mayPass('x'.repeat(i + 1))));
  refusals.tell([mayPass('another')]);
  expect(told).toHaveLength(100);
});

test('what may pass and what never will are counted apart, and the former is the one to name', () => {
  const { refusals } = hearing();
  expect(refusals.tell([never('bad id'), mayPass('locked'), never('bad name')])).toEqual({
    refused: 1,
    invalid: 2,
    refusal: 'locked',
  });
  expect(refusals.tell([never('bad id'), never('bad name')])).toEqual({
    refused: 0,
    invalid: 2,
    refusal: 'bad id',
  });
});

test('where nothing is refused nothing is told or counted', () => {
  const { told, refusals } = hearing();
  expect(refusals.tell([])).toEqual({ refused: 0, invalid: 0, refusal: null });
  expect(told).toEqual([]);
});

test('without a log there is only the count', () => {
  expect(new RefusalLog(undefined).tell([mayPass('locked')])).toMatchObject({ refused: 1 });
});
