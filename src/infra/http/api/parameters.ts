import { z } from 'zod';
import type { Cursor } from '../../../domain/galaxy/best.ts';
import { STATION_GROUPS } from '../../../domain/galaxy/stations/station-types.ts';
import { STATION_SERVICES, type NameCursor } from '../../../domain/ports/store/queries.ts';

const UNIT_S = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** `90m`, `12h`, `7d` -> seconds. */
export const durationS = z
  .string()
  .regex(/^\d{1,6}(?:\.\d{1,3})?[smhd]$/, 'a number and its unit is needed: 90m, 12h or 7d')
  .transform((text) => Math.round(Number(text.slice(0, -1)) * UNIT_S[text.slice(-1) as keyof typeof UNIT_S]))
  .describe('Duration: a number and its unit s, m, h or d, as in 12h');

export const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

const LIMITS = { page: 100, most: 1_000 };

export const limit = whole(1, LIMITS.most).default(LIMITS.page).describe('Entries of a page');

export const marketId = whole(1, Number.MAX_SAFE_INTEGER).describe(
  'Market id, which is the id of its station',
);

/** Where a page of numbers ended, as one opaque word. */
export const cursor = z
  .string()
  .transform((text, context) => read(text, context, isCursor))
  .describe('`next` of the page before');

/** The same for lists of names. */
export const nameCursor = z
  .string()
  .transform((text, context) => read(text, context, isNameCursor))
  .describe('`next` of the page before');

export function writeCursor(next: Cursor | NameCursor | null): string | null {
  return next === null ? null : Buffer.from(JSON.stringify(next)).toString('base64url');
}

function read<T>(text: string, context: z.RefinementCtx, isValid: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (isValid(value)) return value;
  } catch {
    // Said below.
  }
  context.addIssue('give `next` of the page before, as it was');
  return z.NEVER;
}

function isCursor(value: unknown): value is Cursor {
  const { key, id } = (value ?? {}) as Partial<Cursor>;
  return Number.isFinite(key) && Number.isFinite(id);
}

function isNameCursor(value: unknown): value is NameCursor {
  const { name, id } = (value ?? {}) as Partial<NameCursor>;
  return typeof name === 'string' && typeof id === 'string' && /^\d{1,19}$/.test(id);
}

const csv = <T extends z.ZodType>(entry: T) =>
  z.preprocess(
    (text) => (typeof text === 'string' ? text.split(',').map((part) => part.trim()) : text),
    z.array(entry).min(1).max(100),
  );

export const place = z
  .string()
  .min(1)
  .max(128)
  .describe('A system by name or id64, or a point `x,y,z` in light years');

export const within = (fallback: number) =>
  z.coerce.number().positive().max(100_000).default(fallback).describe('Light years around `near`');

const kinds = (what: string) => z.enum(['included', 'excluded', 'only']).describe(what);

/** Conditions on a station that many lists share. */
export const stationConditions = {
  minPad: z
    .enum(['S', 'M', 'L'])
    .optional()
    .describe('Smallest landing pad that will do; where pads are unknown, they do not'),
  maxLs: whole(0, 10_000_000).optional().describe('Light seconds from the arrival star at most'),
  planetary: kinds('Stations on planets').default('included'),
  carriers: kinds('Fleet carriers, whose owners set the prices').default('excluded'),
  plausible: csv(z.enum(['true', 'false', 'unknown']))
    .optional()
    .describe(
      'Only markets whose prices are plausible (true), are not (false), or of which that is not known (unknown): any ' +
        'of them, separated by commas',
    ),
};

export const groups = csv(z.enum(STATION_GROUPS)).describe(`Any of ${STATION_GROUPS.join(', ')}`);
export const services = csv(z.enum(STATION_SERVICES)).describe(`All of ${STATION_SERVICES.join(', ')}`);
export const marketIds = csv(marketId).describe('Market ids, separated by commas; 100 at most');
export const names = csv(z.string().min(1).max(128)).describe(
  'Symbols, names or ids, separated by commas; 100 at most',
);
export const places = csv(place).describe('Systems along a route, separated by commas; 100 at most');
