import { ROW, ROW_WIDTH } from '../market/snapshot.ts';

/** What is remembered. Units move with nearly every observation: alone they are no change. */
const TOLD = [ROW.demandPrice, ROW.demandLevel, ROW.supplyPrice, ROW.supplyLevel] as const;

/**
 * The rows of a market with another price or level than before, as they are now; one that is gone has its id alone.
 * @param before rows in ascending item id, as `now`; null: nothing is known
 */
export function priceChanges(before: Int32Array | null, now: Int32Array): Int32Array {
  if (before === null) return now;
  const changed: number[] = [];
  let old = 0;
  let at = 0;
  while (old < before.length || at < now.length) {
    const oldId = before[old + ROW.itemId] ?? Infinity;
    const id = now[at + ROW.itemId] ?? Infinity;
    if (oldId < id) changed.push(...goneRow(oldId));
    else if (id < oldId || TOLD.some((column) => before[old + column] !== now[at + column])) {
      changed.push(...now.subarray(at, at + ROW_WIDTH));
    }
    if (oldId <= id) old += ROW_WIDTH;
    if (id <= oldId) at += ROW_WIDTH;
  }
  return Int32Array.from(changed);
}

function goneRow(itemId: number): Int32Array {
  const row = new Int32Array(ROW_WIDTH);
  row[ROW.itemId] = itemId;
  row[ROW.demandLevel] = -1;
  row[ROW.supplyLevel] = -1;
  return row;
}
