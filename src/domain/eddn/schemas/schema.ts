import type { UnresolvedSnapshot } from '../../market/snapshot.ts';
import type { Rejection } from '../rejections.ts';

/** A message that has passed the rules every schema has: galaxy, whitelist, clock. */
export interface Envelope {
  /** `message` of the JSON. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly observedAtS: number;
  readonly receivedAtMs: number;
}

/** Everything of a snapshot but the rows. */
export type SnapshotHead = Omit<UnresolvedSnapshot, 'message'>;

/** What a message is about. */
export interface Staged {
  /** A market, and the list its rows come from. */
  readonly market: { readonly head: SnapshotHead; readonly commodities: readonly unknown[] };
}

/** One of EDDN's schemas. A new one is a file like this and a line in registry.ts. */
export interface Schema {
  /** Without `/test`. */
  readonly ref: string;
  readonly stage: (envelope: Envelope) => Staged | Rejection;
}
