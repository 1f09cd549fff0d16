import type { Snapshot } from './snapshot.ts';

/** A market by its id, by the name of its station, or by `SYSTEM/STATION`; names without case. */
export function namesMarket(
  text: string,
): (market: Pick<Snapshot, 'marketId' | 'systemName' | 'stationName'>) => boolean {
  const name = text.trim();
  if (/^\d+$/.test(name)) return ({ marketId }) => marketId === Number(name);
  const [station = '', system] = name
    .toLowerCase()
    .split('/')
    .reverse()
    .map((part) => part.trim());
  return ({ systemName, stationName }) =>
    stationName.toLowerCase() === station && (system === undefined || systemName.toLowerCase() === system);
}
