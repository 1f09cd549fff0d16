/** The daemon that does what only one may do, of all that share a database. */
export interface Leader {
  /** Counts the leaders of a database: each has a greater one than those before. */
  readonly epoch: number;
  /** Which machine and process it is, for people. */
  readonly name: string;
  /** Where the others reach it over HTTP. */
  readonly url: string;
  /** Since when it leads, epoch seconds by the clock of the database. */
  readonly sinceS: number;
}

/** How it went. */
export type Claimed =
  /** This daemon leads, for so long unless it renews. */
  | { readonly leads: true; readonly leader: Leader; readonly heldMs: number }
  /** @property leader null: one is about to be */
  | { readonly leads: false; readonly leader: Leader | null };

export type Renewed = { readonly held: true; readonly heldMs: number } | { readonly held: false };

/**
 * The lease by which one of several daemons leads. Whoever has lost it cannot write as a leader any more, whatever he
 * believes: his transactions are refused, and his sessions ended. What cannot be asked throws a StoreError.
 */
export interface Lease {
  /** Takes the lease when nobody holds it. */
  claim(signal: AbortSignal): Promise<Claimed>;
  renew(signal: AbortSignal): Promise<Renewed>;
  /** Gives it up, if it is held; whoever asks next has it. */
  release(): Promise<void>;
  close(): Promise<void>;
}
