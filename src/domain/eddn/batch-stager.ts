import type { GalaxyRecord } from '../galaxy/records.ts';
import { neededOf, type RowStager } from '../market/rows.ts';
import type { StagedBatch } from '../ports/market/feed.ts';
import type { Snapshot, UnresolvedSnapshot } from '../market/snapshot.ts';
import type { Rejection } from './rejections.ts';
import { commoditiesOf } from './schemas/commodity.ts';
import type { Schema, SnapshotHead } from './schemas/schema.ts';
import { gatewayTimeS, stageMessage, type CompiledRules } from './staging.ts';
import { describeMessage, hasBrokenMarketId, plainText } from './values.ts';

/** Bounds on what one batch tells about refused things: whoever sends them decides how many there are. */
const MAX_SAMPLES = 10;
const MAX_UNKNOWN_NAMES = 100;

/**
 * Stages messages one after the other and keeps the books: each ends as exactly one of snapshot, unresolved,
 * learned and rejected.
 */
export class BatchStager {
  readonly #rowStager: RowStager | null;
  readonly #snapshots: Snapshot[] = [];
  readonly #unresolved: UnresolvedSnapshot[] = [];
  readonly #records: GalaxyRecord[] = [];
  readonly #taken = new Map<string, number>();
  readonly #rejected = new Map<string, number>();
  readonly #rejectedRows = new Map<string, number>();
  readonly #unknownCommodities = new Map<string, number>();
  readonly #samples: { reason: string; detail: string }[] = [];
  #received = 0;
  #learned = 0;
  #newestGatewayS = 0;

  /** @param rowStager null: no catalogue yet, good messages stay unresolved */
  constructor(rowStager: RowStager | null) {
    this.#rowStager = rowStager;
  }

  /**
   * @param text a message of the feed, JSON
   * @param schema null: what it is shows when it is parsed
   */
  stage(text: string, rules: CompiledRules, receivedAtMs: number, schema: Schema | null): void {
    const message = parseJson(text, schema?.hasSmallIds);
    const describe = rules.debug
      ? () => (message === undefined ? plainText(text) : describeMessage(message))
      : undefined;
    const gatewayAtS = gatewayTimeS(message);
    this.#newestGatewayS = Math.max(this.#newestGatewayS, gatewayAtS ?? 0);
    const staged = stageMessage(message, rules, receivedAtMs, gatewayAtS);
    if (typeof staged === 'string') this.reject(staged, describe);
    else if (hasBrokenMarketId(text)) this.reject('market id out of range', describe);
    else {
      add(this.#taken, staged.schema);
      this.#records.push(...staged.records);
      if (staged.market === undefined) {
        this.#received++;
        this.#learned++;
      } else this.#place(staged.market.head, staged.market.commodities, describe);
    }
  }

  /** Stages a message again that had found no catalogue. */
  resolve({ message: text, ...head }: UnresolvedSnapshot): void {
    const commodities = commoditiesOf(parseJson(text, true));
    if (commodities === null) this.reject('malformed');
    else this.#place(head, commodities);
  }

  /** Counts a message as refused. @param describe given when the debug log wants to know who sent it */
  reject(reason: Rejection, describe?: () => string): void {
    this.#received++;
    add(this.#rejected, reason);
    if (describe !== undefined && reason !== 'other schema' && this.#samples.length < MAX_SAMPLES) {
      this.#samples.push({ reason, detail: describe() });
    }
  }

  finish(): StagedBatch {
    return {
      received: this.#received,
      newestGatewayS: this.#newestGatewayS,
      snapshots: this.#snapshots,
      unresolved: this.#unresolved,
      records: this.#records,
      learned: this.#learned,
      taken: Object.fromEntries(this.#taken),
      rejected: Object.fromEntries(this.#rejected),
      rejectedRows: Object.fromEntries(this.#rejectedRows),
      unknownCommodities: Object.fromEntries(this.#unknownCommodities),
      samples: this.#samples,
    };
  }

  #place(head: SnapshotHead, commodities: readonly unknown[], describe?: () => string): void {
    if (this.#rowStager === null) {
      this.#received++;
      this.#unresolved.push({ ...head, message: messageOf(commodities) });
      return;
    }
    const rows = this.#rowStager.stage(commodities, (reason, name) => {
      add(this.#rejectedRows, reason);
      if (reason === 'unknown commodity') this.#noteUnknown(plainText(name));
    });
    if (rows === null) {
      this.reject('no usable row', describe);
      return;
    }
    this.#received++;
    this.#snapshots.push({ ...head, rows });
  }

  #noteUnknown(name: string): void {
    const names = this.#unknownCommodities;
    if (names.has(name) || names.size < MAX_UNKNOWN_NAMES) add(names, name);
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Ids of systems have up to 64 bits, more than a number holds. */
const LONG_ADDRESS = /"SystemAddress"\s*:\s*\d{16}/;

/** For JSON.parse: such ids as bigint. */
function exactAddress(key: string, value: unknown, context?: { readonly source: string }): unknown {
  const source = context?.source ?? '';
  const isLong = key === 'SystemAddress' && typeof value === 'number' && !Number.isSafeInteger(value);
  return isLong && /^\d{16,20}$/.test(source) ? BigInt(source) : value;
}

/** What {@link BatchStager.resolve} understands. */
function messageOf(commodities: readonly unknown[]): string {
  return JSON.stringify({ message: { commodities: commodities.map(neededOf) } });
}

/** @returns undefined, which no JSON text means, when it is none */
function parseJson(text: string, hasSmallIds = false): unknown {
  try {
    return !hasSmallIds && LONG_ADDRESS.test(text) ? JSON.parse(text, exactAddress) : JSON.parse(text);
  } catch {
    return undefined;
  }
}
