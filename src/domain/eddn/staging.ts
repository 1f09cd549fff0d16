import { parseTimestamp } from '../timestamp.ts';
import type { Rejection } from './rejections.ts';
import { SCHEMAS } from './schemas/registry.ts';
import type { Schema, Staged } from './schemas/schema.ts';
import type { StagingRules } from './staging-rules.ts';
import { isAbsent, isObject } from './values.ts';
import { compileWhitelist, type Whitelist } from './whitelist.ts';

/** {@link StagingRules} made ready for many messages. */
export interface CompiledRules {
  /** Those that are taken, by {@link schemaKey}. */
  readonly schemas: ReadonlyMap<string, Schema>;
  /** The same without their versions. */
  readonly subjects: ReadonlySet<string>;
  /** What {@link findSchema} has answered, by what was asked. */
  readonly found: Map<string, Schema | Rejection>;
  /** Those from which the galaxy is learned. */
  readonly learned: ReadonlySet<Schema>;
  readonly whitelist: Whitelist;
  readonly maxClockSkewS: number;
  readonly debug: boolean;
}

/** The game's schemas are some twenty. */
const MAX_REMEMBERED = 100;

export function compileRules(rules: StagingRules): CompiledRules {
  const [market, ...others] = SCHEMAS;
  const learned = new Set(SCHEMAS.filter(({ name }) => rules.learn.includes(name)));
  const schemas = new Map([
    ...others
      .filter((schema) => learned.has(schema))
      .map((schema) => [schemaKey(schema.ref), schema] as const),
    [schemaKey(rules.schemaRef), market],
  ]);
  return {
    schemas,
    subjects: new Set([...schemas.keys()].map(subjectOf)),
    found: new Map(),
    learned,
    whitelist: compileWhitelist(rules.whitelist),
    maxClockSkewS: rules.maxClockSkewS,
    debug: rules.debug,
  };
}

export interface StagedMessage extends Staged {
  /** Its name. */
  readonly schema: string;
}

/**
 * Applies every rule but those about rows to one message.
 *
 * @param message the parsed JSON, whatever it is
 * @param gatewayAtS when the gateway passed it on, epoch seconds; null: nobody tells
 * @returns what it is about, or why it was refused
 */
export function stageMessage(
  message: unknown,
  rules: CompiledRules,
  receivedAtMs: number,
  gatewayAtS = gatewayTimeS(message),
): StagedMessage | Rejection {
  if (!isObject(message) || typeof message.$schemaRef !== 'string') return 'malformed';
  const schema = findSchema(message.$schemaRef, rules);
  if (typeof schema === 'string') return schema;

  const { header, message: body } = message;
  if (!isObject(header) || typeof header.softwareName !== 'string' || !isObject(body)) return 'malformed';
  if (isLegacy(header.gameversion)) return 'legacy galaxy';
  const unwelcome = rules.whitelist(header.softwareName, header.softwareVersion);
  if (unwelcome !== null) return unwelcome;

  if (isAbsent(body.timestamp)) return 'no timestamp';
  const observedAtS = parseTimestamp(body.timestamp);
  if (observedAtS === null) return 'timestamp unreadable';
  if (observedAtS - rules.maxClockSkewS > (gatewayAtS ?? receivedAtMs / 1000))
    return 'timestamp ahead of clock';
  // Nothing is sent before it was seen: what the sender's clock is ahead of the gateway's within the skew is taken off.
  const seenAtS = Math.min(observedAtS, gatewayAtS ?? Infinity);
  const { softwareName: software } = header;
  const learns = rules.learned.has(schema);
  const staged = schema.stage({ body, software, observedAtS: seenAtS, receivedAtMs, learns });
  return typeof staged === 'string' ? staged : { ...staged, schema: schema.name };
}

/** When the gateway passed a message on, epoch seconds; null when it does not tell. */
export function gatewayTimeS(message: unknown): number | null {
  const header = isObject(message) ? message.header : undefined;
  return isObject(header) ? parseTimestamp(header.gatewayTimestamp) : null;
}

/**
 * The schema of a message that begins with it, as the relay's do, without reading the rest.
 *
 * @returns null when it cannot be told from the beginning
 */
export function peekSchema(beginning: string): string | null {
  return /^\s*\{\s*"\$schemaRef"\s*:\s*"([^"\\]*)"/.exec(beginning)?.[1] ?? null;
}

/** @returns why messages of this schema are refused, or the one that is taken */
export function findSchema(schemaRef: string, rules: CompiledRules): Schema | Rejection {
  const known = rules.found.get(schemaRef);
  if (known !== undefined) return known;
  const found = lookUp(schemaRef, rules);
  // Whoever sends them decides how many there are.
  if (rules.found.size < MAX_REMEMBERED) rules.found.set(schemaRef, found);
  return found;
}

function lookUp(schemaRef: string, rules: CompiledRules): Schema | Rejection {
  const key = schemaKey(schemaRef);
  const found = rules.schemas.get(key);
  if (found !== undefined) return found;
  if (key.endsWith('/test')) return 'test schema';
  return rules.subjects.has(subjectOf(key)) ? 'other version of the schema' : 'other schema';
}

/** The key of a schema without its version. */
const subjectOf = (key: string) => key.replace(/\/\d+$/, '');

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
  return typeof gameVersion === 'string' && /^\s*(?:3\.|capi-legacy)/i.test(gameVersion);
}
