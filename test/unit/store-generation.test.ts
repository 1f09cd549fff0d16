import { expect, test } from 'vitest';
import { emptyDatabase, recognise } from '../../src/infra/store/shared/generation.ts';

const REQUIRED = ['System', 'Station', 'Category', 'Item', 'StationItem'];

function shape(tables: readonly string[], itemColumns: readonly string[] = []) {
  return { tables: new Set(tables), itemColumns: new Set(itemColumns) };
}

const NOTHING_CHANGED = expect.stringContaining('nothing was changed') as string;

test('a database without tables is of no generation yet', () => {
  expect(recognise(shape([]), 'v13', 'x.db')).toBeNull();
});

test('the tables of v12 tell it, and a column of v13, which some templates have beside them', () => {
  expect(recognise(shape([...REQUIRED, 'Upgrade']), 'auto', 'x.db')).toBe('v12');
  expect(recognise(shape([...REQUIRED, 'Upgrade'], ['rare_station_id']), 'auto', 'x.db')).toBe('v13');
  expect(recognise(shape(REQUIRED, ['rare_station_id']), 'v13', 'x.db')).toBe('v13');
});

test('what is not Trade Dangerous is refused, and said what it lacks', () => {
  expect(() => recognise(shape(['System', 'Category', 'StationItem']), 'auto', '/srv/x.db')).toThrow(
    expect.objectContaining({
      code: 'refused',
      message: '/srv/x.db is not a Trade Dangerous database: no Station, Item',
      advice: NOTHING_CHANGED,
    }),
  );
});

test('a generation that is neither is refused', () => {
  expect(() => recognise(shape(REQUIRED), 'auto', '/srv/x.db')).toThrow(
    expect.objectContaining({
      code: 'refused',
      message: '/srv/x.db is of a Trade Dangerous generation that is not supported',
      advice: NOTHING_CHANGED,
    }),
  );
});

test('another generation than was asked for is refused', () => {
  expect(() => recognise(shape([...REQUIRED, 'Upgrade']), 'v13', '/srv/x.db')).toThrow(
    expect.objectContaining({
      code: 'refused',
      message: '/srv/x.db is a v12 database, but contract is v13',
      advice: 'set contract to v12 or auto, or name an empty database; nothing was changed',
    }),
  );
});

test('whoever only looks is told that there is nothing to see, and who makes it', () => {
  const advice = expect.stringContaining('the first start of the daemon makes them') as string;
  expect(emptyDatabase('x.db')).toMatchObject({ code: 'empty', message: 'x.db has no tables yet', advice });
  expect(emptyDatabase('x.db', 'does not exist')).toMatchObject({ message: 'x.db does not exist' });
});
