import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { AppError, isErrorCode } from '../../domain/errors.ts';
import { checkSocketPath } from './socket-path.ts';

interface Answer {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: {
    readonly message: string;
    readonly data?: { readonly code?: unknown; readonly advice?: string | null };
  };
}

export interface CallOptions {
  /** Hears what the daemon tells before the answer. */
  readonly onNotify?: (params: unknown) => void;
  /** Hangs up. */
  readonly signal?: AbortSignal;
}

/**
 * Asks the daemon behind a socket once.
 * @throws AppError as the daemon has thrown it; `control` when it does not answer; the signal's reason
 */
export async function callControl(
  path: string,
  method: string,
  params: object,
  { onNotify, signal }: CallOptions = {},
): Promise<unknown> {
  checkSocketPath(path);
  signal?.throwIfAborted();
  const socket = createConnection(path);
  const hangUp = () => socket.destroy(signal?.reason as Error);
  signal?.addEventListener('abort', hangUp);
  try {
    return await new Promise((resolve, reject) => {
      const lines = createInterface({ input: socket });
      socket.on('error', (error) => reject(signal?.aborted === true ? error : unreachable(path, error)));
      lines.on('error', () => undefined);
      lines.on('line', (line) => {
        const said = parse(line);
        if (said === null) reject(hungUp());
        else if (said.method !== undefined) onNotify?.(said.params);
        else if (said.error === undefined) resolve(said.result);
        else reject(failureOf(said.error));
      });
      lines.on('close', () => reject(hungUp()));
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`);
    });
  } finally {
    signal?.removeEventListener('abort', hangUp);
    socket.destroy();
  }
}

/** @returns null: half of what was to be said, by a daemon that was killed */
function parse(line: string): Answer | null {
  try {
    return JSON.parse(line) as Answer;
  } catch {
    return null;
  }
}

function hungUp(): AppError {
  return new AppError('control', 'the daemon has hung up: see its log');
}

function failureOf({ message, data }: NonNullable<Answer['error']>): AppError {
  const code = isErrorCode(data?.code) ? data.code : 'control';
  return new AppError(code, message, typeof data?.advice === 'string' ? { advice: data.advice } : {});
}

function unreachable(path: string, error: NodeJS.ErrnoException): AppError {
  const advice =
    error.code === 'EACCES'
      ? 'ask as the user that runs the daemon'
      : 'is the daemon just starting or stopping? Its log says why it has no socket';
  return new AppError('control', `the daemon does not answer on ${path}: ${error.message}`, { advice });
}
