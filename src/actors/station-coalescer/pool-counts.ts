import type { StationActor } from './queue.ts';

type Entries = ReadonlyMap<number, { readonly actor: StationActor }>;

export function countIf(entries: Entries, counts: (actor: StationActor) => boolean): number {
  return entries.values().reduce((count, { actor }) => count + Number(counts(actor)), 0);
}

/** A newer snapshot waits behind the one being written. */
export function hasNewerWaiting(actor: StationActor): boolean {
  const { inFlight, newest } = actor.getSnapshot().context;
  return inFlight !== null && inFlight !== newest;
}

export function statesOf(entries: Entries): Record<string, number> {
  const states: Record<string, number> = {};
  for (const { actor } of entries.values()) {
    const { value } = actor.getSnapshot();
    states[value] = (states[value] ?? 0) + 1;
  }
  return states;
}
