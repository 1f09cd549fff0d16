import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { AppError, describeError } from '../../domain/errors.ts';
import type { JournalOutlet } from '../../domain/ports/commanders/journal-inbox.ts';

const compress = promisify(gzip);
const PATIENCE_MS = 60_000;
/** Refusals that another time may not be. */
const FOR_NOW: ReadonlySet<number> = new Set([408, 409, 425, 429]);
const ADVICE: Readonly<Record<number, string>> = {
  401: 'ask its operator for a token: tdl token add NAME --scope journal',
  403: 'the token needs the scope journal: tdl token add NAME --scope journal',
  404: 'is the address right, and has its operator set remote_journals?',
};

/** A daemon that takes journals over HTTP. @param url of its HTTP server */
export function createUpload(url: string, token: string): JournalOutlet {
  const address = `${url.replace(/\/+$/, '')}/api/v1/journal`;
  return {
    async send(text, signal) {
      const body = new Uint8Array(await compress(text));
      const { status, reason } = await post(address, token, body, signal);
      if (status === 200) return;
      const message = `${address} says ${status}${reason}`;
      if (status >= 500 || FOR_NOW.has(status)) throw new AppError('unavailable', message);
      const advice = ADVICE[status];
      throw new AppError('usage', message, advice === undefined ? {} : { advice });
    },
  };
}

async function post(address: string, token: string, body: Uint8Array<ArrayBuffer>, signal: AbortSignal) {
  try {
    const response = await fetch(address, {
      ...{ method: 'POST', body, redirect: 'manual' },
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/jsonl',
        'content-encoding': 'gzip',
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    return { status: response.status, reason: reasonIn(await response.text()) };
  } catch (error) {
    signal.throwIfAborted();
    // `fetch failed` says nothing.
    const { cause } = error as { readonly cause?: unknown };
    const why = describeError(cause instanceof Error ? cause : error);
    throw new AppError('unavailable', `${address} cannot be reached: ${why}`, { cause: error });
  }
}

function reasonIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    return typeof error === 'string' ? `: ${error}` : '';
  } catch {
    return '';
  }
}
