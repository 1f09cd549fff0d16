import type { Generation } from '../generation.ts';
import type { Flag } from './records.ts';

export interface StationType {
  readonly typeId: number;
  readonly planetary: Flag;
}

const UNKNOWN: StationType = { typeId: 0, planetary: '?' };

/** Source: Trade Dangerous 12's Spansh plugin. Matched exactly. */
const V12 = types([
  ['None', 0, 'N'],
  ['Outpost', 1, 'N'],
  ['Coriolis Starport', 2, 'N'],
  ['Ocellus Starport', 3, 'N'],
  ['Orbis Starport', 4, 'N'],
  ['Planetary Outpost', 11, 'Y'],
  ['Planetary Port', 12, 'Y'],
  ['Mega ship', 13, 'N'],
  ['Asteroid base', 14, 'N'],
  ['Drake-Class Carrier', 24, 'N'],
  ['Settlement', 25, 'Y'],
]);

/** Source: Trade Dangerous 13's registry of station types. Matched without case and outer blanks. */
const V13 = types([
  ['asteroid base', 1, 'N'],
  ['coriolis starport', 2, 'N'],
  ['dockable planet station', 3, 'Y'],
  ['dodec starport', 4, 'N'],
  ['drake-class carrier', 5, 'N'],
  ['drake class carrier', 5, 'N'],
  ['mega ship', 6, 'N'],
  ['ocellus starport', 7, 'N'],
  ['orbis starport', 8, 'N'],
  ['outpost', 9, 'N'],
  ['planetary construction depot', 10, 'Y'],
  ['planetary outpost', 11, 'Y'],
  ['planetary port', 12, 'Y'],
  ['settlement', 13, 'Y'],
  ['space construction depot', 14, 'N'],
  ['surface settlement', 15, 'Y'],
]);

function types(list: readonly (readonly [string, number, Flag])[]): ReadonlyMap<string, StationType> {
  return new Map(list.map(([name, typeId, planetary]) => [name, { typeId, planetary }]));
}

/** @param type Spansh's name for it, whatever it is; what is not known is type 0 */
export function stationType(type: unknown, generation: Generation): StationType {
  if (typeof type !== 'string') return UNKNOWN;
  const known = generation === 'v12' ? V12.get(type) : V13.get(type.trim().toLowerCase());
  return known ?? UNKNOWN;
}
