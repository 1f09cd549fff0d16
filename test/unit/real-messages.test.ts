import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import { indexCommodities } from '../../src/domain/market/catalogue.ts';
import { RowStager } from '../../src/domain/market/rows.ts';
import { rowCount, type Snapshot } from '../../src/domain/market/snapshot.ts';
import { stageBatch } from '../../src/infra/feed/stage-batch.ts';
import { frameBatch, testRules } from '../support/messages.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';

const DEFAULT_WHITELIST = [
  { software: 'E:D Market Connector [Windows]', minversion: '6.0.0' },
  { software: 'EDDiscovery' },
  { software: 'EDDLite' },
];

function lines(file: string): string[] {
  const bytes = readFileSync(new URL(`eddn/${file}`, SHARED_DATA));
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trim().split('\n');
}

interface Message {
  readonly header: { readonly softwareName: string };
  readonly message: { readonly marketId?: number; readonly commodities: readonly Record<string, unknown>[] };
}

describe.skipIf(!hasSharedData)('real messages', () => {
  let rowStager: RowStager;
  let real: string[];
  beforeAll(() => {
    const commodities = ['commodity.csv', 'rare_commodity.csv'].flatMap((file) =>
      parse<{ id: string; symbol: string; category: string; name: string }>(
        readFileSync(new URL(`fdevids/${file}`, SHARED_DATA)),
        { columns: true },
      ).map((row) => ({ ...row, id: Number(row.id), rare: false })),
    );
    rowStager = new RowStager(indexCommodities(commodities));
    real = lines('commodity-real.jsonl');
  });

  /** Everybody who sent one is welcome. */
  function stageAll(messages: readonly string[]) {
    const senders = new Set(messages.map((text) => (JSON.parse(text) as Message).header.softwareName));
    const whitelist = Array.from(senders, (software) => ({ software }));
    return stageBatch(frameBatch(messages), rowStager, testRules({ whitelist }));
  }

  test('of 2020 are too old for the default whitelist', () => {
    const { snapshots, rejected } = stageBatch(
      frameBatch(real),
      rowStager,
      testRules({ whitelist: DEFAULT_WHITELIST }),
    );
    expect([snapshots.length, rejected]).toEqual([
      2,
      { 'software version too old': 38, 'software not whitelisted': 5 },
    ]);
  });

  test('are all taken from everybody, but the one of 2017 without market id', () => {
    const { snapshots, rejected, rejectedRows } = stageAll(real);
    expect([snapshots.length, rejected, rejectedRows]).toEqual([44, { 'no market id': 1 }, {}]);
  });

  test('have a row for each entry with a price and a bracket', () => {
    const messages = [...real, ...lines('commodity-derived-350.jsonl')];
    const traded = messages
      .map((text) => (JSON.parse(text) as Message).message)
      .filter(({ marketId }) => marketId !== undefined)
      .map(
        ({ commodities }) =>
          commodities.filter(
            ({ buyPrice, sellPrice, stockBracket, demandBracket }) =>
              (buyPrice !== 0 || sellPrice !== 0) && (Number(stockBracket) > 0 || Number(demandBracket) > 0),
          ).length,
      );
    expect(stageAll(messages).snapshots.map(rowCount)).toEqual(traded);
  });

  test('keep an empty list under the wrong market id for the write rule to judge', () => {
    const empty = stageAll(real).snapshots.filter((snapshot) => rowCount(snapshot) === 0);
    expect(empty).toMatchObject([{ marketId: 128_666_762, stationName: 'The Champion of Piety' }]);
  });

  test('keep the same market of two commanders apart, in order', () => {
    const twice = stageAll(real).snapshots.filter(({ marketId }: Snapshot) => marketId === 3_228_700_928);
    expect(twice.map((snapshot) => [snapshot.observedAtS, rowCount(snapshot)])).toEqual([
      [Date.parse('2020-08-03T11:08:00Z') / 1000, 112],
      [Date.parse('2020-08-03T11:08:41Z') / 1000, 106],
    ]);
  });

  test('of four schemas in a stream: the other three are only counted', () => {
    const stream = lines('stream-4-schemas.jsonl.gz');
    const { received, snapshots, rejected } = stageBatch(
      frameBatch(stream),
      rowStager,
      testRules({ whitelist: [{ software: 'E:D Market Connector [Windows]' }] }),
    );
    expect([received, rejected['other schema']]).toEqual([1200, 1156]);
    expect(snapshots.length + (rejected['software not whitelisted'] ?? 0)).toBe(44);
  });
});
