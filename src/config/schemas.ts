import { z } from 'zod';
import { ALWAYS, parseActiveHours } from '../domain/active-hours.ts';
import { describeError } from '../domain/errors.ts';
import { SCHEMAS } from '../domain/eddn/schemas/registry.ts';
import { COMMODITY_SCHEMA_REF } from '../domain/eddn/staging-rules.ts';
import { isPlainWebAddress } from '../domain/web-address.ts';
import { TRAVEL_TIMES, type TravelTimes } from '../domain/galaxy/travel-time.ts';

export const EDDN_URL = 'tcp://eddn.edcd.io:9500';
export const EDCD_SOURCE = 'https://raw.githubusercontent.com/EDCD/FDevIDs/master';

export const flag = z.boolean().describe('true or false');
export const path = z.string().regex(/\S/).describe('a path, not empty');
export const pathOrNull = path.nullable().describe('null or a path');
export const paths = z.array(path).describe('a list of paths');
export const logLevel = z
  .enum(['debug', 'info', 'warn', 'error'])
  .nullable()
  .describe('null, "debug", "info", "warn" or "error"');
/** Seconds since the epoch; the reference writes whole ones, older files hold fractions. */
export const instant = z.number().min(0).describe('seconds since 1970-01-01 UTC, 0 = never');

/** Of an address that ends with a port, or has none. */
const isPort = (address: string) => !(Number(address.slice(address.lastIndexOf(':') + 1)) > 65_535);

// ZeroMQ knows its protocols in small letters only.
export const endpoint = z
  .string()
  .regex(/^(tcp:\/\/(\[[0-9a-fA-F:.]+\]|[^\s:/@]+):\d{1,5}|ipc:\/\/\S+)$/)
  .refine(isPort)
  .nullable()
  .transform((url) => url ?? EDDN_URL)
  .describe('null, tcp://host:port or ipc://path');

export const bindAddress = z
  .string()
  .regex(/^tcp:\/\/(\[[0-9a-fA-F:.%]+\]|[^\s:/[\]@]+):(\d{1,5}|\*)$/)
  .refine(isPort)
  .nullable()
  .describe('null or "tcp://address:port" of this machine; address * is all of them, port * any free one');

export const schemaRef = z
  .string()
  .regex(/^https?:\/\/\S+$/)
  .refine(isPlainWebAddress)
  .nullable()
  .transform((ref) => ref ?? COMMODITY_SCHEMA_REF)
  .describe('null or the http(s) address of an EDDN schema, without a user or password');

const urlOrPath = z
  .string()
  .regex(/\S/)
  .refine((source) => !source.includes('://') || isPlainWebAddress(source))
  .nullable();

export const edcdSource = urlOrPath
  .transform((source) => (source ?? EDCD_SOURCE).replace(/(?<=.)\/+$/, ''))
  .describe('null, an http(s) base address without a user or password, or a directory');

export const archiveUrl = z
  .string()
  .regex(/^https?:\/\/\S+$/i)
  .refine(isPlainWebAddress)
  .transform((address) => address.replace(/\/+$/, ''))
  .describe('an http(s) base address without a user or password');

export const spanshUrl = urlOrPath.describe('null, an http(s) address without a user or password, or a path');

export const listenAddress = z
  .string()
  .regex(/^(\[[0-9a-f:.%]+\]|[^\s:/[\]]+):\d{1,5}$/i)
  .refine(isPort)
  .transform((address) => {
    const colon = address.lastIndexOf(':');
    return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
  })
  .nullable()
  .describe('null, "host:port" or "[IPv6 address]:port"; port 0 is any free one');

export const brokerUrl = z
  .string()
  .regex(/^(redis|valkey)s?:\/\/(\[[0-9a-f:.%]+\]|[^\s:/[\]@?#]+)(:\d{1,5})?(\/\d{1,5})?\/?$/i)
  .refine((url) => URL.canParse(url))
  .nullable()
  .describe(
    'null or redis://, rediss://, valkey:// or valkeys://host:port/database, without a user or password',
  );

export const clusterUrl = z
  .string()
  .max(255)
  .regex(/^https?:\/\/[^\s/?#]+\/?$/i)
  .refine(isPlainWebAddress)
  .transform((address) => address.replace(/\/$/, ''))
  .nullable()
  .describe(
    'null or "http://host:port", as the other daemons reach it, without a user, a password or a path',
  );

export const hostNames = z
  .array(
    z
      .string()
      .regex(/^[a-zA-Z\d.-]+$/)
      .toLowerCase(),
  )
  .describe('a list of host names, without ports');

/** Each is checked by who keeps them: of a wrong one the others, and what it was before, stay. */
export const subscriptions = z
  .array(z.unknown())
  .readonly()
  .describe('a list of {"name": "a name", ...} with the filters of `/api/v1/stream`');

/** Two versions of a schema have one switch. */
const SCHEMA_NAMES = [...new Set(SCHEMAS.map(({ name }) => name))];

/** The names of those that are learned from; what an object does not name is. */
export const learn = z
  .union([z.boolean(), z.partialRecord(z.enum(SCHEMA_NAMES), z.boolean())])
  .transform((choice): readonly string[] => {
    if (typeof choice === 'boolean') return choice ? SCHEMA_NAMES : [];
    return SCHEMA_NAMES.filter((name) => choice[name] !== false);
  })
  .describe(`true, false or {"name": true or false, ...} with names of ${SCHEMA_NAMES.join(', ')}`);

/** One entry of `whitelist`; `load.ts` drops those that are not, and keeps the others. */
export const whitelistEntry = z
  .object({
    software: z.string().regex(/\S/),
    minversion: z
      .string()
      .regex(/\S/)
      .nullish()
      .transform((version) => version ?? undefined),
  })
  .readonly()
  .describe('{"software": "a name"} or {"software": "a name", "minversion": "a version"}');

export const WHITELIST_KEYS: readonly string[] = ['software', 'minversion'];

export const whitelist = z.array(whitelistEntry).min(1).readonly().describe('a list of at least one entry');

const windows = z.union([z.string(), z.array(z.string()).min(1)]).optional();
const HOURS =
  '{"spansh": windows, "maintenance": windows, "publishing": windows, "timezone": an IANA name}, windows being ' +
  '"HH:MM-HH:MM", several with commas between or as a list; a job without any may run always';

export const activeHours = z
  .strictObject({
    spansh: windows,
    maintenance: windows,
    publishing: windows,
    timezone: z.string().optional(),
  })
  .transform(({ timezone, ...jobs }, context) => {
    const parse = (job: keyof typeof jobs) => {
      try {
        return jobs[job] === undefined
          ? { ...ALWAYS, zone: timezone ?? ALWAYS.zone }
          : parseActiveHours(jobs[job], timezone);
      } catch (error) {
        context.addIssue({
          code: 'custom',
          params: { allowed: `${HOURS}; ${job}: ${describeError(error)}` },
        });
        return z.NEVER;
      }
    };
    return { spansh: parse('spansh'), maintenance: parse('maintenance'), publishing: parse('publishing') };
  })
  .describe(HOURS);

const seconds = (median: number) => z.number().min(0).max(86_400).default(median);

function arrivalS({ base, perLogLs }: TravelTimes['arrivalSpaceS']) {
  return z.strictObject({ base: seconds(base), perLogLs: seconds(perLogLs) }).prefault({});
}

export const tourTimes = z
  .strictObject({
    undockedToHyperspaceS: seconds(TRAVEL_TIMES.undockedToHyperspaceS),
    hyperspaceS: seconds(TRAVEL_TIMES.hyperspaceS),
    jumpToJumpS: seconds(TRAVEL_TIMES.jumpToJumpS),
    marketS: seconds(TRAVEL_TIMES.marketS),
    arrivalSpaceS: arrivalS(TRAVEL_TIMES.arrivalSpaceS),
    arrivalPlanetaryS: arrivalS(TRAVEL_TIMES.arrivalPlanetaryS),
    sameSystemS: z
      .strictObject({
        space: seconds(TRAVEL_TIMES.sameSystemS.space),
        carrier: seconds(TRAVEL_TIMES.sameSystemS.carrier),
        planetary: seconds(TRAVEL_TIMES.sameSystemS.planetary),
      })
      .prefault({}),
    routeFactor: z.number().min(1).max(3).default(TRAVEL_TIMES.routeFactor),
    unknownLs: z.number().min(1).max(10_000_000).default(TRAVEL_TIMES.unknownLs),
  })
  .describe('{"jumpToJumpS": 45, "marketS": 30, ...}: any of docs/tours.md, seconds from 0 to 86400');
