const DAY_S = 86_400;

/** A day as a number: whole days since the epoch, UTC. */
export function dayOf(epochS: number): number {
  return Math.floor(epochS / DAY_S);
}

/** `2026-11-28`. */
export function dayName(day: number): string {
  return new Date(day * DAY_S * 1000).toISOString().slice(0, 10);
}
