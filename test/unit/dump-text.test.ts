import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import { dumpText, openDumpFile, type DumpSource } from '../../src/infra/spansh/dump-source.ts';
import { SENTINEL } from '../../src/infra/spansh/json-cursor.ts';
import { textChunks } from '../../src/infra/spansh/text-chunks.ts';
import { tempDir } from '../support/temp-dir.ts';

const TEXT = '[\n{"name":"Sol"},\n{"name":"Lave"}\n]\n';

function sourceOf(...parts: readonly Uint8Array[]): DumpSource {
  return { name: 'the dump', stream: Readable.from(parts, { objectMode: false }), totalBytes: null };
}

async function readAll({ text }: { text: AsyncIterable<Buffer> }): Promise<string> {
  const parts = [];
  for await (const part of text) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('the text of a dump', () => {
  const gzipped = gzipSync(TEXT);

  test.each([
    ['plain', [Buffer.from(TEXT)]],
    ['gzip', [gzipped]],
    ['gzip, a byte at a time', Array.from(gzipped, (byte) => Buffer.of(byte))],
    ['gzip in two members', [gzipSync(TEXT.slice(0, 9)), gzipSync(TEXT.slice(9))]],
  ])('%s', async (_, parts) => {
    const total = Buffer.concat(parts).length;
    const text = dumpText(sourceOf(...parts));
    expect(await readAll(text)).toBe(TEXT);
    expect(text.bytesRead()).toBe(total);
  });

  test.each([
    ['nothing', Buffer.alloc(0), ''],
    ['a byte', Buffer.from('['), '['],
  ])('%s is text', async (_, bytes, text) => {
    expect(await readAll(dumpText(sourceOf(bytes)))).toBe(text);
  });

  test('a file says how long it is, gzip or not by content, whatever its name', async () => {
    const path = join(tempDir(), 'galaxy_stations.json');
    writeFileSync(path, gzipped);
    const source = await openDumpFile(path);
    expect(source.totalBytes).toBe(gzipped.length);
    expect(await readAll(dumpText(source))).toBe(TEXT);
  });

  test('a file that is not there', async () => {
    await expect(openDumpFile(join(tempDir(), 'none.json'))).rejects.toMatchObject({
      name: 'AppError',
      code: 'dumpUnreadable',
    });
  });

  test('a directory', async () => {
    await expect(openDumpFile(tempDir()).then(dumpText).then(readAll)).rejects.toMatchObject({
      code: 'dumpUnreadable',
    });
  });

  test.each([1, 12, gzipped.length - 1])('gzip cut after %i bytes is truncated', async (length) => {
    const reading = readAll(dumpText(sourceOf(gzipped.subarray(0, length))));
    if (length < 2) expect(await reading).not.toContain('Sol');
    else
      await expect(reading).rejects.toMatchObject({
        name: 'AppError',
        message: 'the dump is truncated: the dump',
      });
  });

  test('gzip with a wrong checksum is corrupt', async () => {
    const bad = Buffer.from(gzipped);
    bad[bad.length - 6]! ^= 1;
    await expect(readAll(dumpText(sourceOf(bad)))).rejects.toThrow(/^the dump is corrupt/);
  });

  test('a source that fails is told as such', async () => {
    const broken = new Readable({ read: () => broken.destroy(new Error('the line went dead')) });
    const error = await readAll(dumpText({ name: 'URL', stream: broken, totalBytes: null })).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({
      code: 'dumpUnreadable',
      message: 'URL cannot be read: the line went dead',
    });
  });

  test.each([[gzipped], [Buffer.from(TEXT)]])('a source is stopped by the signal', async (bytes) => {
    const stop = new AbortController();
    const endless = new Readable({ read: () => undefined });
    endless.push(bytes.subarray(0, 20));
    const reading = readAll(dumpText({ name: 'URL', stream: endless, totalBytes: null }, stop.signal));
    stop.abort();
    await expect(reading).rejects.toMatchObject({ name: 'AppError', code: 'aborted' });
    expect(endless.destroyed).toBe(true);
  });

  test('a source is closed when nobody reads on', async () => {
    const source = sourceOf(gzipSync(Buffer.alloc(9_000_000)));
    for await (const part of dumpText(source).text) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    expect(source.stream.destroyed).toBe(true);
  });
});

describe('pieces of a text', () => {
  async function cut(parts: readonly string[], options = {}): Promise<string[]> {
    const pieces = [];
    const input = Readable.from(parts.map((part) => Buffer.from(part)));
    for await (const piece of textChunks(input, { chunkBytes: 8, ...options }))
      pieces.push(Buffer.from(piece).toString());
    return pieces;
  }
  const pieces = (...texts: string[]) => texts.map((text) => text + SENTINEL);

  test('end at line ends once they are long enough', async () => {
    expect(await cut(['ab\ncd\n', 'ef\ngh', 'i\n'])).toEqual(pieces('ab\ncd\nef\n', 'ghi\n'));
  });

  test('a line longer than a piece stays whole', async () => {
    expect(await cut(['0123', '4567', '89ab', 'c\nd'])).toEqual(pieces('0123456789abc\n', 'd'));
  });

  test('a text without a line end is one piece', async () => {
    expect(await cut(['abc', 'def'])).toEqual(pieces('abcdef'));
  });

  test('nothing is no piece', async () => {
    expect(await cut([])).toEqual([]);
    expect(await cut([''])).toEqual([]);
  });

  test('every byte is in one piece, wherever the parts end', async () => {
    const text = TEXT.repeat(5);
    for (let length = 1; length <= text.length; length++) {
      const parts = text.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? [];
      const joined = (await cut(parts)).map((piece) => piece.slice(0, -SENTINEL.length));
      expect(joined.join('')).toBe(text);
      expect(joined.slice(0, -1).every((piece) => piece.endsWith('\n'))).toBe(true);
    }
  });

  test('a line without end is refused', async () => {
    await expect(cut(['[{"a":1},', '{"b":2},', '{"c":3}'], { maxLineBytes: 16 })).rejects.toMatchObject({
      code: 'dump',
      advice: expect.stringContaining('one system a line') as unknown,
    });
  });
});
