import { ROW, type Snapshot, type UnresolvedSnapshot } from '../../src/domain/market/snapshot.ts';
import { clearKey, type Message } from './messages.ts';
import type { World } from './world.ts';

/** On the wire a message is its number. */
export const frameOf = ({ id }: Message): Uint8Array => new TextEncoder().encode(String(id));

export function decodeFrame(world: World, frame: Uint8Array): Message {
  return world.messages[Number(new TextDecoder().decode(frame))]!;
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
export function messageOf(world: World, { rows, marketId, observedAtS }: Snapshot): Message {
  const id = rows[ROW.supplyPrice];
  if (id !== undefined) return world.messages[id - 1]!;
  return world.clears.get(clearKey(marketId, observedAtS))!;
}
