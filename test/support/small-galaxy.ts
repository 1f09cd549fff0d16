import { expect } from 'vitest';
import { Galaxy, type StationFacts } from '../../src/domain/galaxy/galaxy.ts';

export const SOL = { x: 0, y: 0, z: 0 };

/** A station of which nothing else is known: in Sol, of no kind, without a market. */
export const facts = (told: Partial<StationFacts> & { readonly id: number }): StationFacts => ({
  ...{ systemId: 1n, lsFromStar: null, pad: 0, isPlanetary: null, typeId: 99, services: 0 },
  ...{ marketAtS: null, priceRatio: null },
  ...told,
});

/** Sol, one at 5 ly, one at 12 ly, whose stations are added in another order than that of their ids. */
export function galaxyOf(...stations: readonly StationFacts[]): Galaxy {
  const galaxy = new Galaxy();
  galaxy.setSystem(1n, SOL);
  galaxy.setSystem(3n, { x: 0, y: 0, z: 12 });
  galaxy.setSystem(2n, { x: 3, y: 4, z: 0 });
  for (const station of stations) expect(galaxy.setStation(station)).toBe(true);
  return galaxy;
}
