import { parseTimestamp } from '../timestamp.ts';
import type { Snapshot } from '../market/snapshot.ts';
import type { StagingRules } from './staging-rules.ts';
import { compileWhitelist, type Whitelist } from './whitelist.ts';

/** Why a message was refused, and what that means; in the order of the checks. */
export const REJECTIONS = {
  'too large': 'inflates to more than any message of the feed has',
  malformed: 'not zlib, not JSON, or without the parts every message has',
  'test schema': 'sent to a /test schema',
  'other schema': 'not about commodity markets; most of the feed',
  'legacy galaxy': 'the game before Odyssey has markets of its own',
  'software not whitelisted': 'the program is in no whitelist entry',
  'whitelist minversion unreadable': 'the whitelist entry of the program needs mending',
  'software version unreadable': 'the whitelist asks for a minimum version, and none could be read',
  'software version too old': 'below minversion of the whitelist',
  'no market id': 'older clients name the station only',
  'market id out of range': 'not an integer of 1 to 2^53-1',
  'no timestamp': 'no observation time',
  'timestamp unreadable': 'an observation time in no known form',
  'timestamp ahead of clock': 'observed later than the local clock allows: max_clock_skew_s',
  'no system name': 'absent or blank',
  'no station name': 'absent or blank',
  'name too long': 'more than 128 characters, which no name column holds',
  'no usable row': 'every row was dropped, so the list says nothing about the market',
} as const;

export type Rejection = keyof typeof REJECTIONS;

/** {@link StagingRules} made ready for many messages. */
export interface CompiledRules {
  readonly schema: string;
  readonly whitelist: Whitelist;
  readonly maxClockSkewS: number;
  readonly debug: boolean;
}

export function compileRules(rules: StagingRules): CompiledRules {
  return {
    schema: schemaKey(rules.schemaRef),
    whitelist: compileWhitelist(rules.whitelist),
    maxClockSkewS: rules.maxClockSkewS,
    debug: rules.debug,
  };
}

/** Everything of a snapshot but the rows. */
export type SnapshotHead = Omit<Snapshot, 'rows'>;

const MAX_NAME_LENGTH = 128;

/**
 * Applies every rule but those about rows to one message.
 *
 * @param message the parsed JSON, whatever it is
 * @returns the head of its snapshot and the list its rows come from, or why it was refused
 */
export function stageMessage(
  message: unknown,
  rules: CompiledRules,
  receivedAtMs: number,
): { readonly head: SnapshotHead; readonly commodities: readonly unknown[] } | Rejection {
  if (!isObject(message) || typeof message.$schemaRef !== 'string') return 'malformed';
  const refusal = refuseSchema(message.$schemaRef, rules);
  if (refusal !== null) return refusal;

  const { header, message: body } = message;
  if (!isObject(header) || typeof header.softwareName !== 'string' || !isObject(body)) return 'malformed';
  const commodities = commoditiesOf(message);
  if (commodities === null) return 'malformed';
  if (isLegacy(header.gameversion)) return 'legacy galaxy';
  const unwelcome = rules.whitelist(header.softwareName, header.softwareVersion);
  if (unwelcome !== null) return unwelcome;

  if (isAbsent(body.marketId)) return 'no market id';
  const marketId = toMarketId(body.marketId);
  if (marketId === null) return 'market id out of range';
  if (isAbsent(body.timestamp)) return 'no timestamp';
  const observedAtS = parseTimestamp(body.timestamp);
  if (observedAtS === null) return 'timestamp unreadable';
  if ((observedAtS - rules.maxClockSkewS) * 1000 > receivedAtMs) return 'timestamp ahead of clock';
  const { systemName, stationName } = body;
  if (typeof systemName !== 'string' || systemName.trim() === '') return 'no system name';
  if (typeof stationName !== 'string' || stationName.trim() === '') return 'no station name';
  if (Math.max(systemName.length, stationName.length) > MAX_NAME_LENGTH) return 'name too long';
  return { head: { marketId, systemName, stationName, observedAtS, receivedAtMs }, commodities };
}

/** The list of a market message, unless there is none. */
export function commoditiesOf(message: unknown): readonly unknown[] | null {
  const body = isObject(message) ? message.message : undefined;
  return isObject(body) && Array.isArray(body.commodities) ? body.commodities : null;
}

/**
 * The schema of a message that begins with it, as the relay's do, without reading the rest.
 *
 * @returns null when it cannot be told from the beginning
 */
export function peekSchema(beginning: string): string | null {
  return /^\s*\{\s*"\$schemaRef"\s*:\s*"([^"\\]*)"/.exec(beginning)?.[1] ?? null;
}

/** @returns null for the schema that is taken */
export function refuseSchema(schemaRef: string, rules: CompiledRules): Rejection | null {
  const key = schemaKey(schemaRef);
  if (key === rules.schema) return null;
  return key.endsWith('/test') ? 'test schema' : 'other schema';
}

/** Schemas are compared without case, protocol and trailing slash. */
function schemaKey(schemaRef: string): string {
  return schemaRef
    .trim()
    .toLowerCase()
    .replace(/^https?:/, '')
    .replace(/\/$/, '');
}

/** Legacy galaxy: `3.x` from journals, `CAPI-Legacy-market` from Frontier's API. Absent or blank: not told. */
function isLegacy(gameVersion: unknown): boolean {
  return typeof gameVersion === 'string' && /^(?:3\.|capi-legacy)/i.test(gameVersion);
}

function toMarketId(value: unknown): number | null {
  const id = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 1 ? id : null;
}

/** Who sent a message and about what, for the debug log; harmless text of bounded length. */
export function describeMessage(message: unknown): string {
  const part = (source: unknown, key: string) => {
    const value = isObject(source) ? source[key] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? plainText(String(value)) : '?';
  };
  const { header, message: body } = isObject(message) ? message : {};
  return (
    `${part(header, 'softwareName')} ${part(header, 'softwareVersion')}: market ${part(body, 'marketId')}, ` +
    `${part(body, 'stationName')} in ${part(body, 'systemName')} at ${part(body, 'timestamp')}`
  );
}

/** Text from the feed made fit for a log line. */
export function plainText(text: string): string {
  return text.slice(0, MAX_NAME_LENGTH).replace(/\p{C}/gu, ' ');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const isAbsent = (value: unknown) => value === undefined || value === null || value === '';
