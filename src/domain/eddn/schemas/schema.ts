import type { UnresolvedSnapshot } from '../../market/snapshot.ts';
import type { GalaxyRecord } from '../../galaxy/records.ts';
import type { Rejection } from '../rejections.ts';

/** A message that has passed the rules every schema has: galaxy, whitelist, clock. */
interface Envelope {
  /** `message` of the JSON. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Who sent it. */
  readonly software: string;
  readonly observedAtS: number;
  readonly receivedAtMs: number;
  /** The galaxy is learned from it; else it brings no records. */
  readonly learns: boolean;
}

/** Everything of a snapshot but the rows. */
export type SnapshotHead = Omit<UnresolvedSnapshot, 'message'>;

/** What a message is about. */
export interface Staged {
  /** A market, and the list its rows come from. */
  readonly market?: { readonly head: SnapshotHead; readonly commodities: readonly unknown[] };
  readonly records: readonly GalaxyRecord[];
}

/** One of EDDN's schemas. A new one is a file like this and a line in registry.ts. */
export interface Schema {
  /** As `learn` in the configuration names it. */
  readonly name: string;
  /** Without `/test`. */
  readonly ref: string;
  /** What a text of it has that tells something; others are not parsed. */
  readonly telling?: RegExp;
  /** No id in it is larger than a number holds: JSON.parse reads it as it is. */
  readonly hasSmallIds?: true;
  readonly stage: (envelope: Envelope) => Staged | Rejection;
}
