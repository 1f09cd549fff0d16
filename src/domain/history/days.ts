const DAY_S = 86_400;

/** A day as a number: whole days since the epoch, UTC. */
export function dayOf(epochS: number): number {
  return Math.floor(epochS / DAY_S);
}

/** `2026-11-28`. */
export function dayName(day: number): string {
  return new Date(day * DAY_S * 1000).toISOString().slice(0, 10);
}

/** @returns null: it is no day */
export function dayNamed(name: string): number | null {
  const atMs = /^\d{4}-\d\d-\d\d$/.test(name) ? Date.parse(`${name}T00:00:00Z`) : NaN;
  return Number.isNaN(atMs) ? null : dayOf(atMs / 1000);
}
