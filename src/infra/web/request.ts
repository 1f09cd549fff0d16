import type { Dispatcher } from 'undici';
import { AppError, describeError } from '../../domain/errors.ts';
import { formatTimestamp } from '../../domain/timestamp.ts';
import { USER_AGENT } from '../edcd/files.ts';

const HEADERS_TIMEOUT_MS = 60_000;
/** Between two pieces of a body: a connection that says nothing for so long is dead. */
const BODY_TIMEOUT_MS = 60_000;
const MAX_REDIRECTIONS = 5;

/** The source cannot be had for now. `retryAfterMs`: what the server asked for, 0 for nothing. */
export class SourceError extends AppError {
  readonly retryAfterMs: number;

  constructor(
    message: string,
    {
      cause,
      retryAfterMs = 0,
      advice = 'it is tried again; check the network, the proxy variables and spansh_url',
    }: { cause?: unknown; retryAfterMs?: number; advice?: string } = {},
  ) {
    super('spansh', message, { advice, cause });
    this.retryAfterMs = retryAfterMs;
  }
}

export type Answer = Dispatcher.ResponseData;

/**
 * One polite request, through the proxy of HTTP_PROXY, HTTPS_PROXY and NO_PROXY if there is one. Redirects are
 * followed. The caller reads the body to its end or hangs up.
 *
 * Not tried again here, by undici's retries: when, the updater says, which does as a server asks and shows it; and they
 * go on with a body that has no strong ETag without comparing anything.
 *
 * @param accept statuses that are an answer; every other one is an error
 * @throws SourceError; the signal's reason
 */
export async function ask(
  method: 'GET' | 'HEAD',
  url: string,
  {
    accept,
    signal,
    headers = {},
  }: {
    readonly accept: readonly number[];
    readonly signal: AbortSignal;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Promise<Answer> {
  try {
    const { request, dispatcher } = await (client ??= openClient());
    const answer = await request(url, {
      method,
      signal,
      dispatcher,
      headers: { 'user-agent': USER_AGENT, 'accept-encoding': 'identity', ...headers },
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: BODY_TIMEOUT_MS,
    });
    if (accept.includes(answer.statusCode)) return answer;
    hangUp(answer);
    throw new SourceError(`${url} cannot be fetched: the server answers ${answer.statusCode}`, {
      retryAfterMs: retryAfterMs(header(answer, 'retry-after')),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof SourceError ? error : sourceError(url, error);
  }
}

/** What the network does to a request, told so that an operator can act on it. */
export function sourceError(url: string, error: unknown): SourceError {
  // The error of a host with several addresses has no text but a code.
  const text = describeError(error) || String((error as NodeJS.ErrnoException).code);
  return new SourceError(`${url} cannot be fetched: ${text}`, { cause: error });
}

export function header({ headers }: Answer, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** Ends a body that is not wanted, however long it is. */
export function hangUp({ body }: Answer): void {
  body.on('error', () => undefined).destroy();
}

/**
 * With a clock that is behind, what a dump tells would be left out as observed in the future, and the dump be taken
 * for imported.
 * @throws SourceError when the server's time, or that of its dump, is ahead of the local clock
 */
export function checkClock(url: string, answer: Answer, maxClockSkewS: number): void {
  const nowS = Math.floor(Date.now() / 1000);
  for (const [name, what] of [
    ['date', 'the server'],
    ['last-modified', 'its dump'],
  ] as const) {
    const timeS = secondsOf(header(answer, name));
    if (timeS === null || timeS <= nowS + maxClockSkewS) continue;
    throw new SourceError(
      `the time of ${what} is ${formatTimestamp(timeS)} UTC, here it is only ${formatTimestamp(nowS)} UTC: ${url}`,
      { advice: 'set the clock of this machine; nothing is imported until then' },
    );
  }
}

/** An HTTP date in epoch seconds. */
export function secondsOf(date: string | null): number | null {
  const timeMs = Date.parse(date ?? '');
  return Number.isNaN(timeMs) ? null : Math.floor(timeMs / 1000);
}

/** Bytes of the body; null: not told. */
export function lengthOf(answer: Answer): number | null {
  const length = header(answer, 'content-length');
  return length === null ? null : Number(length);
}

/** `Retry-After` is seconds or a date. */
function retryAfterMs(value: string | null): number {
  if (value === null) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), 24 * 3_600_000) : 0;
}

let client: ReturnType<typeof openClient> | undefined;

/** One connection at a time; idle ones do not keep the process. Who asks for nothing does not load the library. */
async function openClient() {
  const { EnvHttpProxyAgent, interceptors, request } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent({ connections: 1, keepAliveTimeout: 1_000 }).compose(
    interceptors.redirect({ maxRedirections: MAX_REDIRECTIONS }),
  );
  return { request, dispatcher };
}
