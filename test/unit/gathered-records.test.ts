import { expect, test } from 'vitest';
import { GatheredRecords } from '../../src/domain/spansh/batch.ts';
import {
  batch,
  DUMP_FUEL,
  DUMP_GOLD,
  EAGLE,
  LASER,
  market,
  SIDEWINDER,
  station,
  stationRow,
  systemRow,
  vendor,
} from '../contract/store-galaxy-batches.ts';
import { NOON_S } from '../contract/store-world.ts';

test('what is gathered counts as the rows it makes', () => {
  const gathered = new GatheredRecords();
  expect(gathered.size).toBe(0);
  gathered.add(batch({ systems: [systemRow()], ships: [EAGLE], upgrades: [LASER] }));
  expect(gathered.size).toBe(3);
  const blocks = { market: market([DUMP_GOLD, DUMP_FUEL]), shipyard: vendor([SIDEWINDER.id, EAGLE.id]) };
  gathered.add(batch({ stations: [station({ ...blocks, outfitting: vendor([LASER.id]) })] }));
  expect(gathered.size).toBe(3 + 1 + 2 + 2 + 1);
});

test('of a system or station that is told twice the newest parts remain, all else in the order told', () => {
  const gathered = new GatheredRecords();
  const [old, late] = [market([DUMP_GOLD]), market([DUMP_FUEL], NOON_S + 5)];
  gathered.add(
    batch({
      systems: [systemRow({ name: 'Later', modifiedS: NOON_S + 1 })],
      stations: [station({ row: stationRow(), market: late })],
      ships: [SIDEWINDER],
    }),
  );
  gathered.add(
    batch({
      systems: [systemRow()],
      stations: [station({ market: old, shipyard: vendor([EAGLE.id]) }), station({ id: 5n })],
      ships: [EAGLE],
      upgrades: [LASER],
    }),
  );
  expect(gathered.records()).toEqual({
    systems: [systemRow({ name: 'Later', modifiedS: NOON_S + 1 })],
    stations: [
      station({ row: stationRow(), market: late, shipyard: vendor([EAGLE.id]) }),
      station({ id: 5n }),
    ],
    ...{ items: [], ships: [SIDEWINDER, EAGLE], upgrades: [LASER] },
  });
});
