import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { writeDump } from '../../bench/generators/dump.ts';
import { readDump, type DumpReaderOptions, type ReadBatch } from '../../src/infra/spansh/dump-reader.ts';
import { dumpText, openDumpFile, type DumpSource } from '../../src/infra/spansh/dump-source.ts';
import { CHUNK_BYTES } from '../../src/infra/spansh/text-chunks.ts';
import {
  aCommodity,
  aMarket,
  aStation,
  aSystem,
  dumpOf,
  knownFrom,
  NOW_S,
  RULES,
  stageText,
} from '../support/dump.ts';
import { tempDir } from '../support/temp-dir.ts';

function sourceOf(bytes: string | Uint8Array): DumpSource {
  const buffer = Buffer.from(bytes);
  return {
    name: 'the dump',
    stream: Readable.from([buffer], { objectMode: false }),
    totalBytes: buffer.length,
  };
}

async function collect(source: DumpSource, options: Partial<DumpReaderOptions> = {}): Promise<ReadBatch[]> {
  const batches = [];
  for await (const batch of readDump(source, { rules: RULES, ...options })) batches.push(batch);
  return batches;
}

/** A dump of several pieces: systems 1 to 12, each as long as a third of a piece. */
const filling = 'x'.repeat(CHUNK_BYTES / 3);
const LONG = dumpOf(
  ...Array.from({ length: 12 }, (_, i) =>
    aSystem({ id64: i + 1, filling, stations: [aStation({ id: 100 + i, market: aMarket([aCommodity()]) })] }),
  ),
);

async function generated(bytes: number): Promise<string> {
  const path = join(tempDir(), 'galaxy_stations.json.gz');
  await writeDump(path, { seed: 7, bytes, nowS: NOW_S });
  return path;
}

test.each([1, 2, 3])('batches come in the order of the dump: %i threads', async (threads) => {
  const batches = await collect(sourceOf(gzipSync(LONG)), { threads });
  expect(batches.length).toBeGreaterThan(2);
  expect(batches.flatMap(({ systems }) => systems.map(({ id }) => Number(id)))).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
  ]);
  expect(batches.flatMap(({ stations }) => stations.map(({ id }) => Number(id)))).toEqual(
    Array.from({ length: 12 }, (_, i) => 100 + i),
  );
});

test('progress grows to the whole', async () => {
  const source = sourceOf(gzipSync(LONG));
  const progress = (await collect(source)).map((batch) => batch.progress);
  expect(progress.at(-1)).toEqual({
    bytesRead: source.totalBytes,
    totalBytes: source.totalBytes,
    systems: 12,
    stations: 12,
  });
  const systems = progress.map((each) => each.systems);
  expect(systems).toEqual(systems.toSorted((a, b) => a - b));
  expect(systems[0]).toBeLessThan(12);
});

test('threads say the same as staging without them', async () => {
  const path = await generated(12_000_000);
  const batches = await collect(await openDumpFile(path), { threads: 2 });
  const text = [];
  for await (const part of dumpText(await openDumpFile(path)).text) text.push(part);
  const expected = stageText(Buffer.concat(text));
  expect(batches.flatMap(({ systems }) => systems)).toEqual(expected.systems);
  expect(batches.flatMap(({ stations }) => stations)).toEqual(expected.stations);
  const ids = (items: readonly { id: number }[]) => new Set(items.map(({ id }) => id));
  expect(ids(batches.flatMap(({ items }) => items))).toEqual(ids(expected.items));
});

test('a dump that is known says nothing', async () => {
  const path = await generated(6_000_000);
  const first = await collect(await openDumpFile(path));
  const again = await collect(await openDumpFile(path), { known: knownFrom(first), threads: 2 });
  expect(again.flatMap(({ systems }) => systems)).toEqual([]);
  expect(again.flatMap(({ stations }) => stations)).toEqual([]);
  expect(again.at(-1)?.progress).toEqual(first.at(-1)?.progress);
});

test('a single line of many megabytes', async () => {
  const commodities = Array.from({ length: 60_000 }, (_, i) => aCommodity({ commodityId: i + 1 }));
  const dump = dumpOf(
    aSystem({ stations: [aStation({ market: aMarket(commodities) })] }),
    aSystem({ id64: 5 }),
  );
  expect(dump.length).toBeGreaterThan(3 * CHUNK_BYTES);
  const batches = await collect(sourceOf(dump));
  expect(batches.flatMap(({ systems }) => systems)).toHaveLength(2);
  expect(batches[0]?.stations[0]?.market?.rows).toHaveLength(60_000 * 8);
});

describe('a dump that lacks its end is truncated, though all of its lines are sound', () => {
  const lines = LONG.split('\n');
  test.each([
    ['plain, cut in a line', LONG.slice(0, -5_000)],
    ['plain, cut between lines', lines.slice(0, -2).join('\n')],
    ['plain, cut behind an inner bracket', LONG.slice(0, LONG.lastIndexOf('[]') + 2)],
    ['gzip of a plain one that was cut', gzipSync(lines.slice(0, 5).join('\n'))],
    ['gzip, cut', gzipSync(LONG).subarray(0, -100)],
    ['gzip, its last byte cut off', gzipSync(LONG).subarray(0, -1)],
  ])('%s', async (_, dump) => {
    await expect(collect(sourceOf(dump), { threads: 2 })).rejects.toMatchObject({
      name: 'AppError',
      code: 'dump',
      message: 'the dump is truncated: the dump',
    });
  });
});

test.each([
  ['nothing', ''],
  ['a page of HTML', '<html>'],
  ['gzipped text', gzipSync('not found')],
  ['a system without its array', JSON.stringify(aSystem())],
  ['an empty array', '[]'],
  ['an array of something else', '[1,2,3]'],
])('%s is no dump', async (_, dump) => {
  await expect(collect(sourceOf(dump))).rejects.toMatchObject({
    code: 'dump',
    message: expect.stringContaining('is no galaxy dump') as unknown,
  });
});

describe('stopping', () => {
  /** A source that never ends by itself. */
  function endless(): DumpSource {
    const stream = new PassThrough();
    for (const line of LONG.split('\n').slice(0, -2)) stream.write(`${line}\n`);
    return { name: 'the dump', stream, totalBytes: null };
  }

  test('by the signal, while the source is silent', async () => {
    const source = endless();
    const stop = new AbortController();
    const reading = (async () => {
      for await (const batch of readDump(source, { rules: RULES, signal: stop.signal })) {
        if (batch.systems.length > 0) stop.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ name: 'AppError', code: 'aborted' });
    expect(source.stream.destroyed).toBe(true);
  });

  test('by the signal, before it began', async () => {
    await expect(collect(endless(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  test('by reading no further', async () => {
    const source = endless();
    for await (const batch of readDump(source, { rules: RULES, threads: 2 })) {
      expect(batch.systems.length).toBeGreaterThan(0);
      break;
    }
    expect(source.stream.destroyed).toBe(true);
  });

  test('by the signal, while a thread hangs', async () => {
    const stop = new AbortController();
    const reading = collect(sourceOf('[hang'), { signal: stop.signal, worker: FAULTY });
    setTimeout(() => stop.abort(), 300);
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
  });
});

const FAULTY = new URL('../support/fixtures/faulty-import-worker.ts', import.meta.url);

test.each([
  ['crash', 'exited'],
  ['hang', 'no answer in 1 s'],
  ['stumble', 'a bug: stumble'],
])('a thread that would %s fails the reading', async (word, reason) => {
  // A thread takes seconds to start on a busy machine.
  const timeoutMs = word === 'hang' ? 1_000 : 60_000;
  await expect(collect(sourceOf(`[${word}`), { worker: FAULTY, timeoutMs })).rejects.toMatchObject({
    name: 'AppError',
    code: 'import',
    message: expect.stringContaining(reason) as unknown,
  });
});

test('a slow reader keeps few pieces in memory', async () => {
  const source = sourceOf('');
  let given = 0;
  source.stream.destroy();
  const lines = LONG.split('\n')
    .slice(1, 3)
    .map((line) => Buffer.from(`${line}\n`));
  const stream = Readable.from(
    (function* () {
      yield Buffer.from('[\n');
      for (; ; given++) yield lines[given % lines.length]!;
    })(),
    { objectMode: false, highWaterMark: 1 },
  );
  const reading = readDump({ ...source, stream }, { rules: RULES, threads: 2 });
  await reading.next();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((given * CHUNK_BYTES) / 3).toBeLessThan(8 * CHUNK_BYTES);
  await reading.return(undefined);
});
