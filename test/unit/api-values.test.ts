import { describe, expect, test } from 'vitest';
import type { Queries } from '../../src/domain/ports/store/queries.ts';
import { Presenter, quoteAnswer, spreadAnswer } from '../../src/infra/http/api/answers.ts';
import { encodeMap } from '../../src/infra/http/api/map-file.ts';
import { cursor, nameCursor, writeCursor } from '../../src/infra/http/api/parameters.ts';
import { resolvePlace } from '../../src/infra/http/api/places.ts';

const quote = (supply: readonly number[], demand: readonly number[]) => {
  const [supplyPrice = 0, supplyUnits = 0, supplyLevel = 0] = supply;
  const [demandPrice = 0, demandUnits = 0, demandLevel = 0] = demand;
  return quoteAnswer({
    ...{ itemId: 1, supplyPrice, supplyUnits, supplyLevel },
    ...{ demandPrice, demandUnits, demandLevel },
  });
};

describe('unknown is null', () => {
  test('what is not traded on a side', () => {
    expect(quote([0, 5, 1], [700, 20, 2])).toEqual({
      ...{ buyPrice: null, stock: null, stockLevel: null },
      ...{ sellPrice: 700, demand: 20, demandLevel: 2 },
    });
    expect(quote([700, 20, 2], [0, 5, 1])).toEqual({
      ...{ buyPrice: 700, stock: 20, stockLevel: 2 },
      ...{ sellPrice: null, demand: null, demandLevel: null },
    });
  });

  test('a level that nobody told, which is not none', () => {
    expect(quote([700, 0, -1], [600, 0, -1])).toMatchObject({ stockLevel: null, demandLevel: null });
    expect(quote([700, 0, 0], [600, 0, 0])).toMatchObject({
      stockLevel: 0,
      demandLevel: 0,
      stock: 0,
      demand: 0,
    });
  });

  test('the age of a market that nobody has seen; one ahead of the clock is new', () => {
    const presenter = new Presenter({ now: () => 100_000 });
    expect(presenter.age(null)).toEqual({ marketObservedAt: null, marketAgeS: null });
    expect(presenter.age(90)).toEqual({ marketObservedAt: '1970-01-01T00:01:30.000Z', marketAgeS: 10 });
    expect(presenter.age(103)).toMatchObject({ marketAgeS: 0 });
  });

  test('prices of a good that nobody trades', () => {
    expect(spreadAnswer(null)).toBeNull();
    const found = { markets: 1, units: 5, min: 7, max: 7, mean: 7, percentiles: [] };
    expect(spreadAnswer(found)).toMatchObject({ tonnes: 5, p10: 7, median: 7, p90: 7 });
  });
});

describe('cursors', () => {
  const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  test('come back as they were written', () => {
    expect(cursor.parse(writeCursor({ key: 1.5, id: 7 }))).toEqual({ key: 1.5, id: 7 });
    expect(nameCursor.parse(writeCursor({ name: 'Sol', id: '10477373803' }))).toEqual({
      ...{ name: 'Sol', id: '10477373803' },
    });
    expect(writeCursor(null)).toBeNull();
  });

  test.each([
    null,
    [],
    7,
    {},
    { key: 1 },
    { id: 1 },
    { key: '1', id: 1 },
    { key: 1, id: '1' },
    { name: 'Sol', id: '1' },
  ])('of numbers is not %j', (value) => {
    expect(cursor.safeParse(forged(value)).success).toBe(false);
  });

  test.each([
    null,
    {},
    { name: 'Sol' },
    { id: '1' },
    { name: 1, id: '1' },
    { name: 'Sol', id: 1 },
    { name: 'Sol', id: '1; DROP' },
    { name: 'Sol', id: '-1' },
    { name: 'Sol', id: ' 1' },
    { name: 'Sol', id: '' },
    { name: 'Sol', id: '12345678901234567890' },
    { key: 1, id: 1 },
  ])('of names is not %j', (value) => {
    expect(nameCursor.safeParse(forged(value)).success).toBe(false);
  });
});

describe('a place', () => {
  const system = { id: 7n, name: '1, 2', x: 9, y: 9, z: 9 };
  const queries = {
    systemById: () => Promise.resolve(null),
    systemsNamed: (name: string) => Promise.resolve(name === system.name ? [system] : []),
  } as unknown as Queries;

  test.each([
    ['1,2,3', { x: 1, y: 2, z: 3 }],
    [' -10.25 , 20.5,\t300.125 ', { x: -10.25, y: 20.5, z: 300.125 }],
    ['1, 2', system],
  ])('%j is a point or a name', async (text, place) => {
    expect(await resolvePlace(queries, text)).toEqual(place);
  });

  test.each(['1,2,3,4', 'x1,2,3', '1,2,3x', '1,2,', '1.,2,3', '1 2 3', '1,2,1e3'])(
    '%j is no point, and no system',
    async (text) => {
      await expect(resolvePlace(queries, text)).rejects.toMatchObject({ statusCode: 404 });
    },
  );
});

test('a map leaves out a market whose id is beyond what a gap can say, and what follows', () => {
  const point = Float32Array.of(1, 2, 3);
  const encoded = (ids: readonly number[]) =>
    encodeMap({
      marketIds: [...ids],
      x: point,
      y: point,
      z: point,
      seenAtS: Uint32Array.of(4, 5, 6),
    } as never);
  expect(encoded([5, 0xffff_ffff + 5, 0xffff_ffff + 6]).readUInt32LE(8)).toBe(3);
  const bytes = encoded([5, 0xffff_ffff + 6, 0xffff_ffff + 7]);
  expect([bytes.toString('latin1', 0, 8), bytes.readUInt32LE(8), bytes.length]).toEqual(['TDLMAP01', 1, 32]);
  expect([bytes.readFloatLE(12), bytes.readUInt32LE(24), bytes.readUInt32LE(28)]).toEqual([1, 4, 5]);
});
