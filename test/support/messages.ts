import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type { Catalogue } from '../../src/domain/market/catalogue.ts';
import type { FrameBatch } from '../../src/domain/ports/market/feed.ts';
import { parseTimestamp } from '../../src/domain/timestamp.ts';
import { COMMODITY_SCHEMA_REF, type StagingRules } from '../../src/domain/eddn/staging-rules.ts';

/** Directory of a small FDevIDs subset: `commodity.csv` and `rare_commodity.csv`. */
export const FDEVIDS_DIR = new URL('./fixtures/fdevids/', import.meta.url);

/** The fixtures' commodities: Gold = 128049154, Silver = 128049155, HydrogenFuel = 128049202, ... */
export function testCatalogue(version = 1): Catalogue {
  const read = (file: string, rare: boolean) =>
    parse<Record<'id' | 'symbol' | 'category' | 'name', string>>(readFileSync(new URL(file, FDEVIDS_DIR)), {
      columns: true,
    }).map(({ id, symbol, category, name }) => ({ id: Number(id), symbol, category, name, rare }));
  return { version, commodities: [...read('commodity.csv', false), ...read('rare_commodity.csv', true)] };
}

/** Takes every message that {@link commodityMessage} builds. */
export function testRules(overrides: Partial<StagingRules> = {}): StagingRules {
  return {
    schemaRef: COMMODITY_SCHEMA_REF,
    learn: [],
    whitelist: [{ software: 'EDDiscovery' }],
    maxClockSkewS: 300,
    debug: false,
    ...overrides,
  };
}

/** Observation time of {@link commodityMessage}, epoch seconds: 2026-05-01T12:00:00Z. */
export const OBSERVED_AT_S = 1_777_636_800;

/** An entry of a message's `commodities`: bought and sold, every number different. */
export function commodity(name: string, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name,
    meanPrice: 1000,
    buyPrice: 900,
    stock: 90,
    stockBracket: 2,
    sellPrice: 1100,
    demand: 110,
    demandBracket: 3,
    ...overrides,
  };
}

/** `$schemaRef` replaces the schema, `header` fields are merged, every other key is one of the message's body. */
export interface MessageOverrides {
  readonly $schemaRef?: unknown;
  readonly header?: Record<string, unknown>;
  readonly [bodyKey: string]: unknown;
}

/** A complete `commodity/3` message as the relay sends it; a key overridden with `undefined` is absent. */
export function commodityMessage({
  $schemaRef = COMMODITY_SCHEMA_REF,
  header,
  ...body
}: MessageOverrides = {}) {
  return {
    $schemaRef,
    header: {
      gamebuild: 'r316268/r0 ',
      gameversion: '4.1.3.0',
      gatewayTimestamp: passedOn(body.timestamp ?? '2026-05-01T12:00:00Z'),
      softwareName: 'EDDiscovery',
      softwareVersion: '19.0.0.0',
      uploaderID: '0123456789abcdef0123456789abcdef01234567',
      ...header,
    },
    message: {
      commodities: [commodity('gold'), commodity('silver')],
      marketId: 128_666_762,
      stationName: 'Abraham Lincoln',
      systemName: 'Sol',
      timestamp: '2026-05-01T12:00:00Z',
      ...body,
    },
  };
}

/** A second after it was sent; anything for a time that is none. */
function passedOn(timestamp: unknown): string {
  const atS = parseTimestamp(timestamp) ?? OBSERVED_AT_S;
  return `${new Date((atS + 1) * 1000).toISOString().slice(0, 19)}.123456Z`;
}

/** A message as one ZeroMQ frame of the relay. A string is taken as the JSON text. */
export function frame(message: unknown): Uint8Array {
  return deflateSync(typeof message === 'string' ? message : JSON.stringify(message));
}

/** Messages as the feed hands them over, received a second after {@link OBSERVED_AT_S}. */
export function frameBatch(
  messages: readonly unknown[],
  receivedAtMs = OBSERVED_AT_S * 1000 + 1000,
): FrameBatch {
  return { encoding: 'zlib', frames: messages.map(frame), receivedAtMs };
}
