import type { NoteProblem } from './problems.ts';
import type { SeenShip, SeenUpgrade } from './records.ts';
import type { Seen } from './seen.ts';
import { readShortName } from '../eddn/values.ts';
import { isCount, isId, isJsonObject, plain } from './values.ts';

/**
 * @param block parsed `station.shipyard`, whatever it is
 * @returns ship ids, ascending, none twice; null when there are none
 */
export function stageShipyard(
  block: unknown,
  ships: Seen<SeenShip>,
  note: NoteProblem,
  where: () => string,
): Int32Array<ArrayBuffer> | null {
  return stageList(block, 'ships', note, where, (entry) => {
    const { shipId: id } = entry;
    const name = readShortName(entry.name);
    if (!isId(id) || name === null) {
      note('incomplete ship', () => `${where()}: ${plain(entry)}`);
      return null;
    }
    ships.offer({ id, name });
    return id;
  });
}

/**
 * @param block parsed `station.outfitting`, whatever it is
 * @returns module ids, ascending, none twice; null when there are none
 */
export function stageOutfitting(
  block: unknown,
  upgrades: Seen<SeenUpgrade>,
  note: NoteProblem,
  where: () => string,
): Int32Array<ArrayBuffer> | null {
  return stageList(block, 'modules', note, where, (entry) => {
    const { moduleId: id, class: size, rating } = entry;
    const name = readShortName(entry.name);
    if (!isId(id) || name === null || !isCount(size) || typeof rating !== 'string' || rating.length !== 1) {
      note('incomplete module', () => `${where()}: ${plain(entry)}`);
      return null;
    }
    upgrades.offer({ id, name, class: size, rating, ship: readShortName(entry.ship) });
    return id;
  });
}

function stageList(
  block: unknown,
  key: 'ships' | 'modules',
  note: NoteProblem,
  where: () => string,
  stageEntry: (entry: Readonly<Record<string, unknown>>) => number | null,
): Int32Array<ArrayBuffer> | null {
  const list = isJsonObject(block) ? block[key] : undefined;
  if (!Array.isArray(list)) {
    note('unreadable list', () => `${where()}: ${key} ${plain(list)}`);
    return null;
  }
  const ids = new Set<number>();
  for (const entry of list as unknown[]) {
    const id = stageEntry(isJsonObject(entry) ? entry : {});
    if (id !== null) ids.add(id);
  }
  return ids.size === 0 ? null : Int32Array.from(ids).sort();
}
