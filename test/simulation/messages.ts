import type { Snapshot } from '../../src/domain/market/snapshot.ts';

/** A market message; its id is in every row, so that whatever is stored can be traced back. */
export type Message = Omit<Snapshot, 'receivedAtMs'> & { readonly id: number };

/** Somebody is in a system, and tells where it is. */
export interface Visit {
  readonly system: number;
  readonly observedAtS: number;
}

/** A dump on the server: some markets as players of another program have seen them. */
export interface Dump {
  readonly etag: string;
  readonly markets: readonly Message[];
}

/** Lists without rows are alike but for their time. */
export function clearKey(marketId: number, observedAtS: number): string {
  return `${marketId} ${observedAtS}`;
}
