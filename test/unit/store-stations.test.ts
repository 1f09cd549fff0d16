import { expect, test } from 'vitest';
import type { Facts } from '../../src/domain/galaxy/facts.ts';
import type { StationRow } from '../../src/domain/spansh/records.ts';
import { STATION_COLUMNS, stationOf, stationValues } from '../../src/infra/store/shared/station-columns.ts';
import { isProfileNews, profileOf, profileOfFacts } from '../../src/infra/store/shared/station-profile.ts';

/** Every column another value. */
const ROW: StationRow = {
  ...{ name: 'Abraham Lincoln', lookupName: 'ABRAHAMLINCOLN', systemId: 2n ** 63n - 1n, lsFromStar: 503 },
  ...{ blackmarket: 'N', maxPadSize: 'L', market: 'Y', shipyard: '?', outfitting: 'Y', rearm: 'N' },
  ...{ refuel: '?', repair: 'Y', planetary: 'N', typeId: 3, modifiedS: 1_000 },
};

test.each(['v12', 'v13'] as const)('a station of %s comes back as it was written', (generation) => {
  const values = stationValues(ROW, generation, () => 'then');
  const columns = STATION_COLUMNS[generation];
  expect(values).toHaveLength(columns.length);
  const read = Object.fromEntries(columns.map((column, i) => [column, values[i]]));
  expect(read.modified).toBe('then');
  expect(stationOf(read, ROW.modifiedS)).toEqual({
    ...ROW,
    lookupName: generation === 'v13' ? ROW.lookupName : null,
  });
});

test('each of its flags is in a column of its own', () => {
  const flags = 'blackmarket max_pad_size market shipyard outfitting rearm refuel repair planetary'.split(
    ' ',
  );
  const fields = 'blackmarket maxPadSize market shipyard outfitting rearm refuel repair planetary'.split(' ');
  for (const [i, column] of flags.entries()) {
    expect(stationOf({ [column]: 'Y', ls_from_star: 0, type_id: 0 }, 0)).toEqual({
      ...{ name: '', lookupName: null, systemId: 0n, lsFromStar: 0, typeId: 0, modifiedS: 0 },
      ...Object.fromEntries(fields.map((field) => [field, field === fields[i] ? 'Y' : '?'])),
    });
  }
});

const facts = (told: Record<string, unknown>) => told as unknown as Facts;

test('of what is not told of a station nothing is kept', () => {
  const body = facts({ body: [1, 100, 'Earth'] });
  expect(profileOfFacts(body)).toEqual({ body: 'Earth', services: undefined, economies: undefined });
  expect(profileOfFacts(facts({ services: [1, 100, 'dock'], economies: [1, 100, 'Industrial'] }))).toEqual({
    ...{ body: undefined, services: 'dock', economies: 'Industrial' },
  });
  expect(profileOf({ body: 'Earth', services: null })).toEqual({ body: 'Earth' });
  expect(profileOf(undefined)).toEqual({});
});

test('the same again is no news of a station, whoever tells it and when; another value is', () => {
  const before = facts({ body: [1, 100, 'Earth'], services: [1, 100, 'dock'] });
  expect(isProfileNews(before, facts({ body: [2, 200, 'Earth'], services: [1, 100, 'dock'] }))).toBe(false);
  expect(isProfileNews(before, facts({ body: [1, 100, 'Earth'], services: [1, 200, 'dock refuel'] }))).toBe(
    true,
  );
  expect(isProfileNews(undefined, before)).toBe(true);
  expect(isProfileNews(undefined, facts({}))).toBe(false);
});
