import type { WebSocket } from '@fastify/websocket';
import { nameKey } from '../../../../domain/names.ts';
import { isObject } from '../../../../domain/eddn/values.ts';
import type { SiteChanges } from './changes.ts';

/** What is told of a system: a part of the answer to `/api/system`. */
type TellSystem = (name: string) => Promise<object>;

const MOST_SYSTEMS = 100;
/** Whoever takes less than comes is told the newest state when he has taken what waits. */
const MOST_WAITING_BYTES = 1024 * 1024;
const LAGGING_MS = 1_000;

interface Message {
  readonly type: 'update' | 'pong' | 'error';
  readonly system_name?: string;
  readonly data?: object;
  readonly timestamp?: string;
  readonly error?: string;
}

/** Tells a client of the colonisation assistant's WebSocket how the systems are that he has subscribed to. */
export function tellUpdates(socket: WebSocket, changes: SiteChanges, tellSystem: TellSystem): void {
  /** As he calls them, by key. */
  const systems = new Map<string, string>();
  const lagging = new Map<string, NodeJS.Timeout>();
  /** Those that are asked for. Another question may be answered sooner, and the older state would be told last. */
  const asking = new Set<string>();
  const changedSince = new Set<string>();

  const send = ({ type, ...rest }: Message) =>
    socket.send(
      JSON.stringify({ type, system_name: null, data: null, timestamp: null, error: null, ...rest }),
    );
  const now = () => new Date().toISOString();

  const update = (key: string) => {
    const name = systems.get(key);
    if (name === undefined || lagging.has(key)) return;
    if (asking.has(key)) {
      changedSince.add(key);
      return;
    }
    if (socket.bufferedAmount > MOST_WAITING_BYTES) {
      const again = () => {
        lagging.delete(key);
        update(key);
      };
      lagging.set(key, setTimeout(again, LAGGING_MS));
      return;
    }
    asking.add(key);
    void tellSystem(name)
      .then(
        (data) => send({ type: 'update', system_name: name, data, timestamp: now() }),
        () => send({ type: 'error', error: `${name} cannot be told now: the database does not answer` }),
      )
      .finally(() => {
        asking.delete(key);
        if (changedSince.delete(key)) update(key);
      });
  };

  const leave = changes.follow((changed) => {
    for (const key of changed) update(key);
  });
  socket.on('close', () => {
    leave();
    systems.clear();
    for (const timer of lagging.values()) clearTimeout(timer);
  });
  socket.on('message', (raw: Buffer) => {
    const message = parsed(raw.toString());
    if (message === null) {
      send({ type: 'error', error: 'Invalid JSON message' });
      return;
    }
    const { type, system_name: name } = message;
    if (type === 'ping') send({ type: 'pong', timestamp: now() });
    if (typeof name !== 'string' || name.trim() === '') return;
    const key = nameKey(name);
    if (type === 'unsubscribe') systems.delete(key);
    if (type !== 'subscribe') return;
    if (systems.size >= MOST_SYSTEMS && !systems.has(key)) {
      send({ type: 'error', error: `${MOST_SYSTEMS} systems at most: unsubscribe from some` });
      return;
    }
    systems.set(key, name);
    update(key);
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
