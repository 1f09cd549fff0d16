import { z } from 'zod';
import type { LogPosition } from '../../../domain/ports/push.ts';

const FORM = /^([0-9a-f-]{36}):(\d{1,15})$/;

/** Where somebody is in the change log, as one word. */
export function writePosition({ logId, seq }: LogPosition): string {
  return `${logId}:${seq}`;
}

/** @returns null: it is none */
export function readPosition(text: string): LogPosition | null {
  const [, logId, seq] = FORM.exec(text) ?? [];
  return logId === undefined ? null : { logId, seq: Number(seq) };
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
