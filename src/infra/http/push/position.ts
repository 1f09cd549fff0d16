import { z } from 'zod';
import type { LogPosition, Push } from '../../../domain/ports/publishing/push.ts';
import { ApiError } from '../api/errors.ts';

const FORM = /^([0-9a-f-]{36}):(\d{1,15})(?:@([0-9a-f]{8}))?$/;

/**
 * Where somebody is in the change log, as one word.
 * @param tag of what he watches, where others may change it
 */
export function writePosition({ logId, seq }: LogPosition, tag: string | null = null): string {
  return `${logId}:${seq}${tag === null ? '' : `@${tag}`}`;
}

/** @returns null: it is none, or was told of something else than what has this tag */
export function readPosition(text: string, tag: string | null = null): LogPosition | null {
  const [, logId, seq, told] = FORM.exec(text) ?? [];
  return logId === undefined || (tag !== null && told !== tag) ? null : { logId, seq: Number(seq) };
}

export const position = z
  .string()
  .transform((text, context) => {
    const read = readPosition(text);
    if (read !== null) return read;
    context.addIssue('give a position as it was told: `id` of an event, `position` of an answer');
    return z.NEVER;
  })
  .describe('A position as it was told');

/** Where the log is now. @throws ApiError 503: none is kept */
export async function positionNow(push: Push): Promise<LogPosition> {
  const now = await push.after(null, 0, AbortSignal.abort());
  if (now === null) throw noLog();
  return now;
}

export function noLog(): ApiError {
  return new ApiError(503, 'there is no change log: change_log_days is 0, or own_tables is false');
}
