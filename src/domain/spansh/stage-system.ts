import { lookupName } from '../generation.ts';
import type { NoteProblem } from './problems.ts';
import type { DumpRules, SystemRow } from './records.ts';
import { readShortName } from '../eddn/values.ts';
import { isJsonObject, MAX_INT64, plain, readBigId } from './values.ts';
import { readPastTime } from './times.ts';

/** The fields of a system in the dump that a database needs, parsed, whatever they are. */
export interface DumpSystem {
  /** JSON text of `id64`. */
  readonly idToken: string | undefined;
  readonly name: unknown;
  readonly coords: unknown;
  readonly date: unknown;
  readonly updateTime: unknown;
}

/** @returns null, with the problem noted, when the system cannot be stored: nor can its stations then */
export function stageSystem(
  system: DumpSystem,
  { generation, notAfterS }: Pick<DumpRules, 'generation' | 'notAfterS'>,
  note: NoteProblem,
): SystemRow | null {
  const { idToken, coords } = system;
  const id = readBigId(idToken);
  if (id === null || id < 1n || id > MAX_INT64) {
    note('no system id', () => `${plain(system.name)}: id64 ${plain(idToken)}`);
    return null;
  }
  const name = readShortName(system.name);
  if (name === null) {
    note('no system name', () => `system ${id}: name ${plain(system.name)}`);
    return null;
  }
  const { x, y, z } = isJsonObject(coords) ? coords : {};
  if (!isCoordinate(x) || !isCoordinate(y) || !isCoordinate(z)) {
    note('no coordinates', () => `${plain(name)}: coords ${plain(coords)}`);
    return null;
  }
  // v12 reads `updateTime` only, which systems lack today: its systems are all of 1970.
  const modified = generation === 'v13' ? (system.date ?? system.updateTime) : system.updateTime;
  return {
    id,
    name,
    lookupName: generation === 'v13' ? lookupName(name) : null,
    x,
    y,
    z,
    modifiedS: readPastTime(modified, notAfterS, note, () => plain(name)) ?? 0,
  };
}

/** The galaxy is 100,000 light years wide; a FLOAT column holds the 32nds of one exactly up to here. */
const MAX_COORDINATE = 524_288;

function isCoordinate(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= MAX_COORDINATE;
}
