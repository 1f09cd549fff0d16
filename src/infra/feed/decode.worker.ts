import { move, transferableSymbol, valueSymbol } from 'piscina';
import { BatchStager } from '../../domain/eddn/batch-stager.ts';
import { indexCommodities, type Commodity } from '../../domain/market/catalogue.ts';
import { RowStager } from '../../domain/market/rows.ts';
import type { FrameBatch, StagedBatch } from '../../domain/ports/market/feed.ts';
import type { UnresolvedSnapshot } from '../../domain/market/snapshot.ts';
import type { StagingRules } from '../../domain/eddn/staging-rules.ts';
import { stageBatch } from './stage-batch.ts';

/** A catalogue as threads share it. */
export interface SharedCatalogue {
  readonly version: number;
  /** `Commodity[]` as JSON. */
  readonly json: SharedArrayBuffer;
}

/** A {@link FrameBatch} in one buffer that can be transferred: frame `i` ends before `ends[i]`. */
export interface PackedBatch extends Omit<FrameBatch, 'frames'> {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
}

export interface DecodeTask {
  readonly batch: PackedBatch;
  readonly catalogue: SharedCatalogue | null;
  readonly rules: StagingRules;
}

export interface ResolveTask {
  readonly entries: readonly UnresolvedSnapshot[];
  readonly catalogue: SharedCatalogue;
}

/** Made from the catalogue this thread saw last. */
let current: { readonly version: number; readonly rowStager: RowStager } | null = null;

function rowStagerFor({ version, json }: SharedCatalogue): RowStager {
  if (current?.version !== version) {
    const commodities = JSON.parse(Buffer.from(json).toString()) as Commodity[];
    current = { version, rowStager: new RowStager(indexCommodities(commodities)) };
  }
  return current.rowStager;
}

export function decode({ batch, catalogue, rules }: DecodeTask): unknown {
  const rowStager = catalogue && rowStagerFor(catalogue);
  return transferred(stageBatch({ ...batch, frames: unpack(batch) }, rowStager, rules));
}

export function resolve({ entries, catalogue }: ResolveTask): unknown {
  const stager = new BatchStager(rowStagerFor(catalogue));
  for (const entry of entries) stager.resolve(entry);
  return transferred(stager.finish());
}

function unpack({ bytes, ends }: PackedBatch): Uint8Array[] {
  return Array.from(ends, (end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

/** The batch as the pool's caller gets it, its rows moved, not copied. */
function transferred(batch: StagedBatch): unknown {
  return move({
    [valueSymbol]: batch,
    [transferableSymbol]: batch.snapshots.map(({ rows }) => rows.buffer),
  });
}
