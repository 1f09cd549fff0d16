import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, describeError } from '../../domain/errors.ts';
import { backoffMs, type Backoff } from '../../machines/backoff.ts';
import { eventsOf, type ToldEvent } from '../../infra/http/push/event-client.ts';
import { refusal, type Listen } from '../http/questions.ts';

export interface WatchHandlers {
  /** It is listened to from now on. */
  readonly onConnected: () => void;
  readonly onEvent: (event: ToldEvent) => void;
  /** Nothing is heard, and when it is tried again; null: what was lost comes back by itself. */
  readonly onLost: (why: string, retryMs: number | null) => void;
}

const BACKOFF: Backoff = { minMs: 1_000, capMs: 30_000 };
/** A stream tells where it is four times as often. */
const SILENT_MS = 60_000;
/** Refusals that another time may not be. */
const FOR_NOW = new Set([408, 409, 429]);

/**
 * Listens until the signal, and goes on where it was after whatever comes between.
 * @throws AppError `usage`: what is asked for makes no sense
 */
export async function follow(
  listen: Listen,
  query: Readonly<Record<string, string>>,
  handlers: WatchHandlers,
  signal: AbortSignal,
): Promise<void> {
  let lastId: string | null = null;
  const isOver = () => signal.aborted;
  for (let attempt = 1; !isOver(); attempt++) {
    let why = 'the connection has ended';
    const silent = new AbortController();
    const stop = AbortSignal.any([signal, silent.signal]);
    const restart = () =>
      setTimeout(() => silent.abort(new Error('nothing was heard for a minute')), SILENT_MS);
    let timer = restart();
    try {
      const { status, body } = await listen(query, lastId, stop);
      if (status !== 200) throw await refused(status, body);
      for await (const event of eventsOf(body)) {
        clearTimeout(timer);
        timer = restart();
        if (attempt > 0) handlers.onConnected();
        attempt = 0;
        lastId = event.id ?? lastId;
        if (event.event === 'end') why = event.data.message;
        else handlers.onEvent(event);
      }
    } catch (error) {
      if (isOver()) return;
      if (error instanceof AppError && error.code === 'usage') throw error;
      why = reasonOf(silent.signal.aborted ? silent.signal.reason : error);
    } finally {
      clearTimeout(timer);
    }
    const retryMs = backoffMs(BACKOFF, Math.max(1, attempt), Math.random);
    handlers.onLost(why, retryMs);
    await sleep(retryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function refused(status: number, body: ReadableStream<Uint8Array>): Promise<AppError> {
  const text = await new Response(body).text();
  try {
    const error = refusal(status, JSON.parse(text) as Parameters<typeof refusal>[1]);
    return FOR_NOW.has(status) ? new AppError('unavailable', error.message) : error;
  } catch {
    return new AppError('unavailable', `it says ${status}`);
  }
}

/** `fetch failed` says nothing. */
function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  return describeError(cause instanceof Error ? cause : error);
}
