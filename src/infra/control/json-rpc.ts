import { AppError } from '../../domain/errors.ts';

// https://www.jsonrpc.org/specification

export interface CallContext {
  /** Aborted when whoever asks has gone. */
  readonly signal: AbortSignal;
  /** Tells whoever asks something before the answer. */
  readonly notify: (method: string, params: unknown) => void;
}

/** @throws InvalidParams, AppError; everything else is a bug */
export type Method = (params: unknown, context: CallContext) => Promise<unknown>;

export type Methods = Readonly<Record<string, Method>>;

export class InvalidParams extends Error {}

/** What a request may carry. */
type Id = string | number | null;

interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: { readonly code: string; readonly advice: string | null };
}

export const RPC = {
  parseError: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internalError: -32_603,
  /** It was understood, and did not work: `data` has why. */
  failed: -32_000,
} as const;

/** Of a batch. */
const MAX_REQUESTS = 100;

/**
 * Answers a message.
 * @param onBug hears what is not to be told to whoever asks
 * @returns JSON; null: nothing is to be answered
 */
export async function answer(
  text: string,
  methods: Methods,
  context: CallContext,
  onBug: (error: unknown) => void,
): Promise<string | null> {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return failure(null, { code: RPC.parseError, message: 'this is no JSON' });
  }
  const one = (request: unknown) => answerOne(request, methods, context, onBug);
  if (!Array.isArray(message)) return one(message);
  if (message.length === 0 || message.length > MAX_REQUESTS) {
    return failure(null, invalid(`a batch has 1 to ${MAX_REQUESTS} requests`));
  }
  const answers: string[] = [];
  for (const request of message) {
    const answered = await one(request);
    if (answered !== null) answers.push(answered);
  }
  return answers.length === 0 ? null : `[${answers.join(',')}]`;
}

export function failure(id: Id, error: RpcError): string {
  return JSON.stringify({ jsonrpc: '2.0', error, id });
}

async function answerOne(
  request: unknown,
  methods: Methods,
  context: CallContext,
  onBug: (error: unknown) => void,
): Promise<string | null> {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    return failure(null, invalid('a request is an object'));
  }
  const { jsonrpc, id, method, params } = request as Readonly<Record<string, unknown>>;
  const isId = id === undefined || id === null || typeof id === 'string' || typeof id === 'number';
  if (!isId) return failure(null, invalid('id is a string or a number'));
  if (jsonrpc !== '2.0') return failure(id ?? null, invalid('jsonrpc is "2.0"'));
  if (typeof method !== 'string') return failure(id ?? null, invalid('method is a string'));
  if (params !== undefined && (typeof params !== 'object' || params === null)) {
    return failure(id ?? null, invalid('params is an object'));
  }
  const answered = await call(method, params, methods, context, onBug);
  if (id === undefined) return null;
  return 'error' in answered
    ? failure(id, answered.error)
    : JSON.stringify({ jsonrpc: '2.0', result: answered.result ?? null, id });
}

async function call(
  name: string,
  params: unknown,
  methods: Methods,
  context: CallContext,
  onBug: (error: unknown) => void,
): Promise<{ readonly result: unknown } | { readonly error: RpcError }> {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) {
    const known = Object.keys(methods).join(', ');
    return { error: { code: RPC.methodNotFound, message: `there is no method "${name}": ${known}` } };
  }
  try {
    return { result: await method(params ?? {}, context) };
  } catch (error) {
    if (error instanceof InvalidParams) return { error: { code: RPC.invalidParams, message: error.message } };
    if (error instanceof AppError) {
      const data = { code: error.code, advice: error.advice ?? null };
      return { error: { code: RPC.failed, message: error.message, data } };
    }
    onBug(error);
    return { error: { code: RPC.internalError, message: 'internal error: see the log of the daemon' } };
  }
}

function invalid(message: string): RpcError {
  return { code: RPC.invalidRequest, message: `no request of JSON-RPC 2.0: ${message}` };
}
