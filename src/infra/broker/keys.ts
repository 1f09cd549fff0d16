/** Everything that lies in the broker (docs/broker.md). */
export const KEYS = {
  /** Hash: how far the outbox has told. */
  outbox: 'tdl:outbox',
  /** Stream: what has changed. */
  changes: 'tdl:changes',
  /** Sorted set of the markets there are, by their ids. */
  markets: 'tdl:markets',
} as const;

/** Hash: the newest quotes of a market. */
export function latestKey(marketId: number): string {
  return `tdl:latest:${marketId}`;
}

/** What a process tells of itself; it vanishes when nobody tells it any more. */
export function processKey(id: string): string {
  return `tdl:process:${id}`;
}

/** Entries of the stream that are kept at least; the oldest go. */
export const STREAM_ENTRIES = 100_000;
