import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { AppError, describeError } from '../../domain/errors.ts';
import { USER_AGENT } from '../edcd/files.ts';

const HEADERS_TIMEOUT_MS = 60_000;
/** Between two pieces of a body: a connection that says nothing for so long is dead. */
const BODY_TIMEOUT_MS = 60_000;
const MAX_REDIRECTS = 5;

/** The source cannot be had for now. `retryAfterMs`: what the server asked for, 0 for nothing. */
export class SourceError extends AppError {
  readonly retryAfterMs: number;

  constructor(message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super('spansh', message, {
      advice: 'it is tried again; check the network, the proxy variables and spansh_url',
      cause: options.cause,
    });
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

export type Answer = Dispatcher.ResponseData;

/**
 * One polite request, through the proxy of HTTP_PROXY, HTTPS_PROXY and NO_PROXY if there is one. Redirects are
 * followed. The caller reads the body to its end or destroys it.
 *
 * @param accept statuses that are an answer; every other one is an error
 * @throws SourceError; the signal's reason
 */
export async function ask(
  method: 'GET' | 'HEAD',
  url: string,
  {
    headers = {},
    accept,
    signal,
  }: {
    headers?: Readonly<Record<string, string>>;
    accept: readonly number[];
    signal: AbortSignal;
  },
): Promise<Answer> {
  let location = url;
  try {
    for (let hops = 0; ; hops++) {
      const answer = await request(location, {
        method,
        signal,
        dispatcher: agent(),
        headers: { 'user-agent': USER_AGENT, 'accept-encoding': 'identity', ...headers },
        headersTimeout: HEADERS_TIMEOUT_MS,
        bodyTimeout: BODY_TIMEOUT_MS,
      });
      const { statusCode } = answer;
      if (accept.includes(statusCode)) return answer;
      await answer.body.dump();
      const target = header(answer, 'location');
      if (statusCode < 300 || statusCode >= 400 || target === null || hops === MAX_REDIRECTS) {
        throw new SourceError(`${url} cannot be fetched: the server answers ${statusCode}`, {
          retryAfterMs: retryAfterMs(header(answer, 'retry-after')),
        });
      }
      location = new URL(target, location).href;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SourceError) throw error;
    throw sourceError(url, error);
  }
}

/** What the network does to a request, told so that an operator can act on it. */
export function sourceError(url: string, error: unknown): SourceError {
  const text = describeError(error) || String((error as NodeJS.ErrnoException).code);
  return new SourceError(`${url} cannot be fetched: ${text}`, { cause: error });
}

export function header({ headers }: Answer, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** `Retry-After` is seconds or a date. */
function retryAfterMs(value: string | null): number {
  if (value === null) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), 24 * 3_600_000) : 0;
}

let shared: EnvHttpProxyAgent | undefined;

/** One connection at a time; idle ones do not keep the process. */
function agent(): EnvHttpProxyAgent {
  return (shared ??= new EnvHttpProxyAgent({ connections: 1, keepAliveTimeout: 1_000 }));
}
