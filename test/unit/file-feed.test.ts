import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import type { FrameBatch } from '../../src/domain/ports/market/feed.ts';
import { createFileFeed } from '../../src/infra/feed/file-feed.ts';
import { openPaths } from '../support/open-paths.ts';
import { tempDir } from '../support/temp-dir.ts';

let file: string;

beforeEach(() => {
  file = join(tempDir(), 'messages');
});

/** Reads the whole file. `error`: what the read rejected with. */
async function readAll(feed = createFileFeed([file])) {
  const texts: string[] = [];
  const batches: FrameBatch[] = [];
  const error: unknown = await feed
    .read({
      onConnected: () => undefined,
      onBatch: (batch) => {
        batches.push(batch);
        texts.push(...batch.frames.map((bytes) => Buffer.from(bytes).toString()));
        return Promise.resolve();
      },
    })
    .catch((e: unknown) => e);
  expect(openPaths()).not.toContain(file);
  return { texts, batches, error };
}

const lines = (count: number, bytes = 10) =>
  Array.from({ length: count }, (_, i) => `{"n":${i},"x":"${'é'.repeat(bytes / 2)}"}`);

describe('lines', () => {
  test('each line is a frame, in batches of at most 256', async () => {
    writeFileSync(file, lines(1_000).join('\n') + '\n');
    const { texts, batches } = await readAll();
    expect(texts).toEqual(lines(1_000));
    expect(batches.map(({ frames }) => frames.length)).toEqual([256, 256, 256, 232]);
    expect(batches[0]).toMatchObject({ encoding: 'json', receivedAtMs: expect.any(Number) });
  });

  test('a line may be longer than what is read at once', async () => {
    const long = lines(3, 700_000);
    writeFileSync(file, long.join('\n') + '\n');
    expect((await readAll()).texts).toEqual(long);
  });

  test('long lines make smaller batches', async () => {
    writeFileSync(file, lines(20, 1_000_000).join('\n'));
    const { batches } = await readAll();
    expect(batches.map(({ frames }) => frames.length)).toEqual([5, 5, 5, 5]);
  });

  test('blank lines are skipped, CRLF and a last line without an end are fine', async () => {
    writeFileSync(file, '\n\r\n{"a":1}\r\n  \t\n{"b":"\\r"}\n\n{"c":3}');
    expect((await readAll()).texts).toEqual(['{"a":1}', '{"b":"\\r"}', '{"c":3}']);
  });

  test('CRLF split between two reads', async () => {
    const first = 'x'.repeat(128 * 1024 - 1);
    writeFileSync(file, `${first}\r\nsecond\r`);
    expect((await readAll()).texts).toEqual([first, 'second']);
  });

  test('a line of 16 MiB is taken, a longer one ends the read with advice', async () => {
    const longest = 'x'.repeat(16 * 1024 * 1024);
    writeFileSync(file, `first\n${longest}\n${longest}x`);
    const { texts, error } = await readAll();
    expect(texts.map((text) => text.length)).toEqual([5, longest.length]);
    expect(error).toMatchObject({ message: `line 3 of ${file} is longer than 16 MiB` });
    expect(error).toMatchObject({ advice: expect.stringContaining('one EDDN message a line') });
  });

  test('an empty file is no error', async () => {
    writeFileSync(file, '');
    expect(await readAll()).toEqual({ texts: [], batches: [], error: undefined });
  });
});

describe('gzip', () => {
  test('is told by content, not by name', async () => {
    writeFileSync(file, gzipSync(lines(3_000, 200).join('\n')));
    expect((await readAll()).texts).toEqual(lines(3_000, 200));
  });

  test('plain text called .gz is read as such', async () => {
    file += '.gz';
    writeFileSync(file, 'plain\n');
    expect((await readAll()).texts).toEqual(['plain']);
  });

  test('several members one after the other are one file', async () => {
    writeFileSync(file, Buffer.concat([gzipSync('a\nb'), gzipSync('c\nd\n')]));
    expect((await readAll()).texts).toEqual(['a', 'bc', 'd']);
  });

  test.each([0.999, 0.5, 0.1])(
    'a file cut off at %d of its length gives its whole lines first',
    async (part) => {
      // Hardly compressible, so that the cut is far from the end of the last line.
      const sent = Array.from(
        { length: 3_000 },
        (_, i) => `${i} ${deflateRawSync(`${i * 7919}`).toString('hex')}`,
      );
      const whole = gzipSync(sent.join('\n') + '\n');
      writeFileSync(file, whole.subarray(0, Math.floor(whole.length * part)));
      const { texts, error } = await readAll();
      expect(texts).toEqual(sent.slice(0, texts.length));
      expect(texts.length).toBeGreaterThan(sent.length * part * 0.9);
      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({
        message: `${file} is damaged or cut short after ${texts.length} messages`,
        advice: expect.stringContaining('get a whole copy'),
      });
    },
  );

  test('damage in the middle is told', async () => {
    const bytes = gzipSync(lines(5_000, 100).join('\n'));
    bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 64);
    writeFileSync(file, bytes);
    expect((await readAll()).error).toMatchObject({
      message: expect.stringContaining('damaged or cut short'),
    });
  });
});

describe('zstd', () => {
  test('is told by content; several frames one after the other are one file', async () => {
    const all = lines(3_000, 200);
    const halves = [all.slice(0, 1_000), all.slice(1_000)].map((half) => `${half.join('\n')}\n`);
    writeFileSync(file, Buffer.concat(halves.map((half) => zstdCompressSync(half))));
    expect((await readAll()).texts).toEqual(all);
  });

  test('one that is cut off gives its whole lines first', async () => {
    const whole = zstdCompressSync(lines(50_000, 100).join('\n'));
    writeFileSync(file, whole.subarray(0, -8));
    const { texts, error } = await readAll();
    expect(texts.length).toBeGreaterThan(1_000);
    expect(error).toMatchObject({ message: expect.stringContaining('damaged or cut short') });
  });
});

describe('bzip2', () => {
  /** What `bzip2` makes of the lines `{"a":1}`, `{"b":2}`; of `{"c":3}`; of nothing. */
  const [AB, C, EMPTY] = [
    'QlpoOTFBWSZTWQ/l9WEAAAZZgAAQEAAwEDAAAAogADEGTECUmh6eokxEgQXRdyRThQkA/l9WEA==',
    'QlpoMTFBWSZTWY8nDiUAAANZgAAQEAAIEAgAAAogACIDZQhgEUofF3JFOFCQjycOJQ==',
    'QlpoORdyRThQkAAAAAA=',
  ].map((base64) => Buffer.from(base64, 'base64')) as [Buffer, Buffer, Buffer];

  test('many streams one after the other are one file', async () => {
    writeFileSync(file, Buffer.concat(Array.from({ length: 150 }, () => [AB, EMPTY, C]).flat()));
    const { texts } = await readAll();
    expect(texts).toHaveLength(450);
    expect(texts.slice(-3)).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
  });

  test.each([
    ['cut off', Buffer.concat([AB, C.subarray(0, -30)])],
    ['changed in the middle', Buffer.concat([AB, C.map((byte, at) => (at === 25 ? byte ^ 0x10 : byte))])],
  ])('one that is %s gives its whole lines first', async (_, bytes) => {
    writeFileSync(file, bytes);
    const { texts, error } = await readAll();
    expect(texts).toEqual(['{"a":1}', '{"b":2}']);
    expect(error).toMatchObject({ message: `${file} is damaged or cut short after 2 messages` });
  });
});

describe('faults', () => {
  test.each([
    ['is missing', () => undefined, 'there is no file'],
    ['is a directory', () => mkdirSync(file), 'is a directory'],
  ])('a file that %s', async (_, prepare, message) => {
    prepare();
    const { error } = await readAll();
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ message: expect.stringContaining(message), advice: expect.any(String) });
    expect((error as AppError).message).toContain(file);
  });

  test.skipIf(process.getuid?.() === 0)(
    'a file that may not be read (needs a user who is not root)',
    async () => {
      writeFileSync(file, 'x');
      chmodSync(file, 0o000);
      expect((await readAll()).error).toMatchObject({ message: expect.stringContaining('no permission') });
    },
  );

  test('an error of the receiver ends the read as it is', async () => {
    writeFileSync(file, lines(1_000).join('\n'));
    const full = Object.assign(new Error('no'), { code: 'ENOENT' });
    const read = createFileFeed([file]).read({
      onConnected: () => undefined,
      onBatch: () => Promise.reject(full),
    });
    await expect(read).rejects.toBe(full);
  });
});

describe('reading', () => {
  test('waits for each batch to be taken', async () => {
    writeFileSync(file, lines(2_000).join('\n'));
    let taking = 0;
    await createFileFeed([file]).read({
      onConnected: () => undefined,
      onBatch: async () => {
        expect(++taking).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        taking--;
      },
    });
    expect(taking).toBe(0);
  });

  test('ends when it is closed, and starts over when read again', async () => {
    writeFileSync(file, lines(2_000).join('\n'));
    const feed = createFileFeed([file]);
    let frames = 0;
    await feed.read({
      onConnected: () => undefined,
      onBatch: (batch) => {
        frames += batch.frames.length;
        feed.close();
        return Promise.resolve();
      },
    });
    expect(frames).toBe(256);
    expect((await readAll(feed)).texts.length).toBe(2_000);
  });

  test('tells its progress in bytes of the file', async () => {
    const bytes = gzipSync(lines(20_000, 100).join('\n'));
    writeFileSync(file, bytes);
    const feed = createFileFeed([file]);
    expect(feed.progress).toEqual({ readBytes: 0, totalBytes: bytes.length });
    const seen: number[] = [];
    await feed.read({
      onConnected: () => undefined,
      onBatch: () => Promise.resolve(void seen.push(feed.progress.readBytes)),
    });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(feed.progress).toEqual({ readBytes: bytes.length, totalBytes: bytes.length });
  });

  test('memory stays flat whatever the size', async () => {
    const line = `${JSON.stringify({ x: 'y'.repeat(10_000) })}\n`;
    const block = gzipSync(line.repeat(2_000));
    writeFileSync(file, '');
    for (let i = 0; i < 20; i++) appendFileSync(file, block);
    let frames = 0;
    let most = 0;
    const before = process.memoryUsage.rss();
    await createFileFeed([file]).read({
      onConnected: () => undefined,
      onBatch: (batch) => {
        frames += batch.frames.length;
        most = Math.max(most, process.memoryUsage.rss() - before);
        return Promise.resolve();
      },
    });
    expect(frames).toBe(40_000);
    expect(most).toBeLessThan(200 * 1024 * 1024);
  });
});
