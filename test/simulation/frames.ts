import { ROW, type Snapshot, type UnresolvedSnapshot } from '../../src/domain/market/snapshot.ts';
import type { SystemRecord } from '../../src/domain/galaxy/records.ts';
import { clearKey, type Message, type Visit } from './messages.ts';

/** What was ever sent. */
interface Sent {
  readonly messages: readonly Message[];
  readonly clears: ReadonlyMap<string, Message>;
}

/** On the wire a message is its number, and a visit its two. */
export const frameOf = (told: Message | Visit): Uint8Array =>
  new TextEncoder().encode('id' in told ? String(told.id) : `${told.system} ${told.observedAtS}`);

export function decodeFrames({ messages: sent }: Sent, frames: readonly Uint8Array[]) {
  const texts = frames.map((frame) => new TextDecoder().decode(frame).split(' ').map(Number));
  const messages = texts.filter(({ length }) => length === 1).map(([id]) => sent[id!]!);
  const visits = texts.filter(({ length }) => length === 2);
  const records = visits.map(([system, observedAtS]): SystemRecord => {
    const [id, name] = [BigInt(system! + 1), systemName(system!)];
    return { kind: 'system', id, name, ...{ x: system!, y: 0, z: 0 }, observedAtS: observedAtS! };
  });
  return { messages, records };
}

export function systemName(system: number): string {
  return `System ${system}`;
}

export function snapshotOf(message: Message, receivedAtMs: number): Snapshot {
  const { marketId, systemName, stationName, observedAtS, rows } = message;
  return { marketId, systemName, stationName, observedAtS, rows, receivedAtMs };
}

export function unresolvedOf(message: Message, receivedAtMs: number): UnresolvedSnapshot {
  const { marketId, systemName, stationName, observedAtS, id } = message;
  return { marketId, systemName, stationName, observedAtS, receivedAtMs, message: String(id) };
}

/** The message a snapshot came from. Lists without rows are alike but for their time. */
export function messageOf({ messages, clears }: Sent, { rows, marketId, observedAtS }: Snapshot): Message {
  const id = rows[ROW.supplyPrice];
  if (id !== undefined) return messages[id - 1]!;
  return clears.get(clearKey(marketId, observedAtS))!;
}
