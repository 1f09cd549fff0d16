import type { SpoolEntry, SpoolState, Spool } from '../../src/domain/ports/market/spool.ts';
import { isUnresolved } from '../../src/domain/ports/market/spool.ts';

/** What survives the process: hand it to the next spool to start again after a kill. */
export interface SpoolDisk {
  readonly entries: Map<number, { readonly state: SpoolState; readonly entry: SpoolEntry }>;
  readonly clears: Map<number, number>;
  /** Markets of which a parked snapshot ever had to make room for newer ones. */
  readonly dropped: Set<number>;
}

export const emptyDisk = (): SpoolDisk => ({ entries: new Map(), clears: new Map(), dropped: new Set() });

/** Runs one transaction of the spool: now, later, or not at all. */
export type RunCall = <T>(work: () => T) => Promise<T>;

/** A spool without a file: the rules of `src/infra/spool` on a {@link SpoolDisk}. */
export function createMemorySpool(disk: SpoolDisk, parkedMax: number, run: RunCall): Spool {
  const { entries, clears } = disk;
  const parked = () =>
    [...entries.values()].filter(({ state }) => state === 'parked').map(({ entry }) => entry);
  const systemKey = (name: string) => name.trim().toLowerCase();
  const count = (state: SpoolState) => [...entries.values()].filter((held) => held.state === state).length;

  const trim = () => {
    const byAge = parked().sort((a, b) => a.observedAtS - b.observedAtS);
    const dropped = byAge.slice(0, Math.max(0, byAge.length - parkedMax)).map(({ marketId }) => marketId);
    for (const marketId of dropped) {
      entries.delete(marketId);
      disk.dropped.add(marketId);
    }
    return dropped;
  };

  return {
    open: () => run(() => ({ pending: count('pending'), parked: count('parked'), clears: clears.size })),
    put: (state, added) =>
      run(() => {
        for (const entry of added) {
          const held = entries.get(entry.marketId);
          if (held !== undefined && held.entry.observedAtS > entry.observedAtS) continue;
          entries.set(entry.marketId, { state, entry });
        }
        return state === 'parked' ? trim() : [];
      }),
    remove: (settled) =>
      run(() => {
        for (const { marketId, observedAtS } of settled) {
          if ((entries.get(marketId)?.entry.observedAtS ?? Infinity) <= observedAtS) entries.delete(marketId);
        }
      }),
    keys: () =>
      run(() =>
        Array.from(entries.values(), ({ state, entry: { marketId, observedAtS } }) => ({
          marketId,
          observedAtS,
          state,
        })),
      ),
    take: (marketIds) =>
      run(() => marketIds.flatMap((id) => (entries.has(id) ? { ...entries.get(id)!.entry } : []))),
    parkedSystems: () =>
      run(() => {
        const names = parked().filter((entry) => !isUnresolved(entry));
        return [...new Map(names.map(({ systemName }) => [systemKey(systemName), systemName])).values()];
      }),
    parkedIn: (systemNames) =>
      run(() => {
        const wanted = new Set(systemNames.map(systemKey));
        const found = parked().filter(
          (entry) => !isUnresolved(entry) && wanted.has(systemKey(entry.systemName)),
        );
        return found.map(({ marketId }) => marketId);
      }),
    parkedUnresolved: () =>
      run(() =>
        parked()
          .filter(isUnresolved)
          .map(({ marketId, message }) => ({ marketId, bytes: message.length })),
      ),
    noteClears: (noted) =>
      run(() => {
        for (const { marketId, clearedAtS } of noted) {
          clears.set(marketId, Math.max(clearedAtS, clears.get(marketId) ?? 0));
        }
      }),
    dropClears: (marketIds) =>
      run(() => {
        for (const marketId of marketIds) clears.delete(marketId);
      }),
    clears: (sinceS) =>
      run(() => {
        for (const [marketId, clearedAtS] of clears) if (clearedAtS < sinceS) clears.delete(marketId);
        return new Map(clears);
      }),
    close: () => Promise.resolve(),
  };
}
