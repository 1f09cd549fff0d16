import { deflateSync } from 'node:zlib';
import type { FrameBatch } from '../../src/domain/ports/market/feed.ts';
import { COMMODITY_SCHEMA_REF, type StagingRules } from '../../src/domain/eddn/staging-rules.ts';
import { generateLoad } from '../../test/support/load.ts';
import { GOODS, START_S } from './markets.ts';

/** What the feed hands over at most. */
export const BATCH = 256;

/** Takes every market message of the load. */
export const RULES: StagingRules = {
  schemaRef: COMMODITY_SCHEMA_REF,
  learn: [],
  whitelist: [{ software: 'E:D Market Connector [Windows]' }],
  maxClockSkewS: 300,
  debug: false,
};

/** Names as the relay has them: symbols in lower case. */
export const LOAD = { seed: 1, symbols: GOODS.map(({ symbol }) => symbol.toLowerCase()), startAtS: START_S };

/** JSON texts of a realistic feed; a share of 0.06 is that of the real one. */
export function feedTexts(count: number, commodityShare: number): string[] {
  const load = generateLoad({ ...LOAD, commodityShare }).take(count);
  return load.map(({ message }) => JSON.stringify(message)).toArray();
}

/** The same as the relay sends it, in batches. */
export function frameBatches(texts: readonly string[]): FrameBatch[] {
  const receivedAtMs = START_S * 1000;
  return Array.from({ length: Math.ceil(texts.length / BATCH) }, (_, i) => ({
    encoding: 'zlib',
    frames: texts.slice(i * BATCH, (i + 1) * BATCH).map((text) => deflateSync(text)),
    receivedAtMs,
  }));
}
