import { afterEach, describe, expect, test } from 'vitest';
import { indexCommodities, type Commodity } from '../../src/domain/market/catalogue.ts';
import { AppError } from '../../src/domain/errors.ts';
import { RowStager } from '../../src/domain/market/rows.ts';
import type { Decoder, FrameBatch } from '../../src/domain/ports/market/feed.ts';
import { createDecoder, type DecoderOptions } from '../../src/infra/feed/decoder.ts';
import { stageBatch } from '../../src/infra/feed/stage-batch.ts';
import {
  commodity,
  commodityMessage,
  frameBatch,
  OBSERVED_AT_S,
  testCatalogue,
  testRules,
} from '../support/messages.ts';

const FAULTY_WORKER = new URL('../support/fixtures/faulty-decode-worker.ts', import.meta.url);
const rules = testRules({ debug: true });

let opened: Decoder | undefined;
afterEach(() => opened?.close());

function open(options?: DecoderOptions): Decoder {
  opened = createDecoder(options);
  return opened;
}

function command(...texts: string[]): FrameBatch {
  return { encoding: 'json', frames: texts.map((text) => Buffer.from(text)), receivedAtMs: 0 };
}

const messages = [
  commodityMessage({ marketId: 1 }),
  commodityMessage({ $schemaRef: 'https://eddn.edcd.io/schemas/journal/1' }),
  commodityMessage({ marketId: 2, commodities: [commodity('wine'), commodity('unobtainium')] }),
  commodityMessage({ marketId: 0 }),
  commodityMessage({ marketId: 3, commodities: [] }),
];

describe('decode', () => {
  test('gives what staging makes of the batch', async () => {
    const rowStager = new RowStager(indexCommodities(testCatalogue().commodities));
    const expected = stageBatch(frameBatch(messages), rowStager, rules);
    await expect(open().decode(frameBatch(messages), testCatalogue(), rules)).resolves.toEqual(expected);
  });

  test('leaves the frames to the caller', async () => {
    const batch = frameBatch(messages);
    const before = batch.frames.map((bytes) => Buffer.from(bytes));
    await open().decode(batch, testCatalogue(), rules);
    expect(batch.frames.map((bytes) => Buffer.from(bytes))).toEqual(before);
  });

  test('reads frames that are views of one buffer', async () => {
    const text = Buffer.from(JSON.stringify(commodityMessage()));
    const chunk = Buffer.concat([Buffer.from('xx'), text, text]);
    const frames = [chunk.subarray(2, 2 + text.length), chunk.subarray(2 + text.length)];
    const staged = await open().decode(
      { encoding: 'json', frames, receivedAtMs: OBSERVED_AT_S * 1000 },
      testCatalogue(),
      rules,
    );
    expect(staged.snapshots).toHaveLength(2);
  });

  test('takes an empty batch', async () => {
    await expect(open().decode(frameBatch([]), testCatalogue(), rules)).resolves.toMatchObject({
      received: 0,
    });
  });

  test('gives every snapshot memory of its own', async () => {
    const { snapshots } = await open().decode(frameBatch(messages), testCatalogue(), rules);
    expect(new Set(snapshots.map(({ rows }) => rows.buffer)).size).toBe(3);
    expect(snapshots.every(({ rows }) => rows.byteLength === rows.buffer.byteLength)).toBe(true);
  });

  test('answers many batches at once, on several threads', async () => {
    const decoder = open({ threads: 2 });
    const batches = Array.from({ length: 20 }, (_, i) => frameBatch([commodityMessage({ marketId: i + 1 })]));
    const staged = await Promise.all(batches.map((batch) => decoder.decode(batch, testCatalogue(), rules)));
    expect(staged.map(({ snapshots }) => snapshots[0]?.marketId)).toEqual(batches.map((_, i) => i + 1));
  });
});

describe('catalogue', () => {
  const vapour: Commodity = { id: 7, symbol: 'Vapour', name: 'Vapour', category: 'Chemicals', rare: false };
  const batch = frameBatch([commodityMessage({ commodities: [commodity('vapour')] })]);

  test('is followed when it changes', async () => {
    const decoder = open();
    const old = await decoder.decode(batch, testCatalogue(1), rules);
    const fresh = await decoder.decode(
      batch,
      { version: 2, commodities: [...testCatalogue().commodities, vapour] },
      rules,
    );
    expect([old.unknownCommodities, fresh.snapshots[0]?.rows[0]]).toEqual([{ vapour: 1 }, 7]);
  });

  test('is not needed to receive: messages resolve later', async () => {
    const decoder = open();
    const unstaged = await decoder.decode(frameBatch(messages), null, rules);
    expect(unstaged).toMatchObject({
      snapshots: [],
      unresolved: [{ marketId: 1 }, { marketId: 2 }, { marketId: 3 }],
    });
    const staged = await decoder.resolve(unstaged.unresolved, testCatalogue());
    const direct = await decoder.decode(frameBatch(messages), testCatalogue(), rules);
    expect(staged.snapshots).toEqual(direct.snapshots);
  });
});

describe('a thread', () => {
  test.each([
    ['that exits', 'exit'],
    ['that throws', 'throw'],
  ])('%s fails its batch with an AppError, and the next batch is decoded', async (_, text) => {
    const decoder = open({ worker: FAULTY_WORKER });
    const failure = await decoder.decode(command(text), null, rules).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({ code: 'decoder' });
    await expect(decoder.decode(command('a', 'b'), null, rules)).resolves.toMatchObject({ received: 2 });
  });

  test('takes what waits in the order in which it came', async () => {
    const decoder = open({ worker: FAULTY_WORKER });
    const done: string[] = [];
    const texts = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(
      texts.map((text) => decoder.decode(command(text), null, rules).then(() => done.push(text))),
    );
    expect(done).toEqual(texts);
  });

  test('that hangs fails its batch only: what waited before it, or waits behind it, has its own time', async () => {
    const decoder = open({ worker: FAULTY_WORKER, timeoutMs: 8_000 });
    const batches = ['a', 'hang', 'b'].map((text) => decoder.decode(command(text), null, rules));
    const [before, hanging, behind] = await Promise.allSettled(batches);
    for (const done of [before, behind]) expect(done).toMatchObject({ value: { received: 1 } });
    expect(hanging).toMatchObject({ reason: { code: 'decoder' } });
    await expect(decoder.decode(command('a', 'b'), null, rules)).resolves.toMatchObject({ received: 2 });
  });

  test('may crash again and again', async () => {
    const decoder = open({ worker: FAULTY_WORKER });
    for (let i = 0; i < 5; i++)
      await expect(decoder.decode(command('exit'), null, rules)).rejects.toThrow(AppError);
    await expect(decoder.decode(command('a'), null, rules)).resolves.toMatchObject({ received: 1 });
  });

  test('that crashes does not take waiting batches with it', async () => {
    const decoder = open({ worker: FAULTY_WORKER });
    const [crashed, waiting] = await Promise.allSettled([
      decoder.decode(command('exit'), null, rules),
      decoder.decode(command('a'), null, rules),
    ]);
    expect([crashed.status, waiting.status]).toEqual(['rejected', 'fulfilled']);
  });
});

describe('close', () => {
  test('waits for the batch at hand', async () => {
    const decoder = open();
    const decoded = decoder.decode(frameBatch(messages), testCatalogue(), rules);
    await decoder.close();
    await expect(decoded).resolves.toMatchObject({ received: 5 });
  });

  test('refuses batches afterwards', async () => {
    const decoder = open();
    await decoder.close();
    await expect(decoder.decode(frameBatch(messages), null, rules)).rejects.toMatchObject({
      code: 'decoder',
    });
  });

  test('may be called twice', async () => {
    const decoder = open();
    await Promise.all([decoder.close(), decoder.close()]);
    await decoder.close();
  });

  test('ends a hanging thread', async () => {
    const decoder = open({ worker: FAULTY_WORKER, timeoutMs: 500 });
    const hanging = decoder.decode(command('hang'), null, rules).catch((error: unknown) => error);
    await decoder.close();
    expect(await hanging).toBeInstanceOf(AppError);
  });
});
