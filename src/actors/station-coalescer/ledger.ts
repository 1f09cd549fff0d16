import type { StagedBatch } from '../../domain/ports/market/feed.ts';

/** A message's fate, counted. Every field only grows. */
export interface LedgerTotals {
  /** Messages read from the feed. */
  readonly received: number;
  /** Of those, whole markets that passed staging. */
  readonly accepted: number;
  /** Messages about the galaxy, not about a market. */
  readonly learned: number;
  /** Of those received, by the name of their schema, refused lists without a usable row included. */
  readonly taken: Readonly<Record<string, number>>;
  /** Taken back from the spool: left over from an earlier run, or parked until now. */
  readonly restored: number;
  readonly written: number;
  readonly writtenRows: number;
  readonly stale: number;
  /** Gave way to a newer snapshot of the same market before being written. */
  readonly superseded: number;
  /** Went straight to the spool because memory was full; counted as restored when taken back. */
  readonly spilled: number;
  /** Were parked, whatever has become of them since; `parked` alone are those of this moment. */
  readonly everParked: number;
  /** Parked snapshots dropped, oldest first, to stay within `parked_max`. */
  readonly parkedDropped: number;
  /** Writes put off because another writer held the station or the database refused it. */
  readonly deferrals: number;
  /** Messages refused, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly rejectedRows: Readonly<Record<string, number>>;
}

/**
 * Snapshots that have no fate yet. At any time: received + restored = learned + written + stale + superseded + spilled +
 * ever parked + rejected + what the station pool holds.
 */
export function withoutFate(totals: LedgerTotals): number {
  const { received, restored, learned, written, stale, superseded, spilled, everParked, rejected } = totals;
  return (
    received + restored - (learned + written + stale + superseded + spilled + everParked + sum(rejected))
  );
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** The daemon's account. */
export class Ledger {
  readonly totals = {
    received: 0,
    accepted: 0,
    learned: 0,
    taken: {} as Record<string, number>,
    restored: 0,
    written: 0,
    writtenRows: 0,
    stale: 0,
    superseded: 0,
    spilled: 0,
    everParked: 0,
    parkedDropped: 0,
    deferrals: 0,
    rejected: {} as Record<string, number>,
    rejectedRows: {} as Record<string, number>,
  } satisfies LedgerTotals;
  /** The newest observation that was accepted, and when it was received. */
  newest: { readonly observedAtS: number; readonly receivedAtMs: number } | null = null;
  readonly #namedCommodities = new Set<string>();

  /** @returns commodity names never seen unknown before: each is worth one log line */
  countStaged(batch: StagedBatch): string[] {
    this.totals.received += batch.received;
    // Those that wait for a catalogue, too.
    const accepted = [...batch.snapshots, ...batch.unresolved];
    this.totals.accepted += accepted.length;
    this.totals.learned += batch.learned;
    for (const [reason, count] of Object.entries(batch.rejected)) this.reject(reason, count);
    addAll(this.totals.rejectedRows, batch.rejectedRows);
    addAll(this.totals.taken, batch.taken);
    for (const { observedAtS, receivedAtMs } of accepted) {
      if (observedAtS >= (this.newest?.observedAtS ?? 0)) this.newest = { observedAtS, receivedAtMs };
    }
    const fresh = Object.keys(batch.unknownCommodities).filter((name) => !this.#namedCommodities.has(name));
    for (const name of fresh) this.#namedCommodities.add(name);
    return fresh;
  }

  /** The deadline of a stop came before these messages were staged: they cannot be kept any more. */
  countLate({ received }: StagedBatch): void {
    this.totals.received += received;
    this.reject('too late', received);
  }

  reject(reason: string, count = 1): void {
    this.totals.rejected[reason] = (this.totals.rejected[reason] ?? 0) + count;
  }
}

function addAll(counts: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(more)) counts[key] = (counts[key] ?? 0) + count;
}
