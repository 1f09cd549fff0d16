import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import { publishFile, stageFile } from '../../src/infra/publishing/publish.ts';
import { testApart } from '../support/apart.ts';
import { tempDir } from '../support/temp-dir.ts';
import { smallDisk } from '../support/tmpfs.ts';

let dir: string;
let target: string;

beforeEach(() => {
  dir = tempDir();
  target = join(dir, 'listings.csv');
});

/** Publishes these texts, written one after the other. */
const publish = (...texts: string[]) =>
  publishFile(target, async (write) => {
    for (const part of texts) await write(Buffer.from(part));
    return texts.length;
  });

test('writes what was produced, in order', async () => {
  expect(await publish('a', 'b', 'c\n')).toEqual({ result: 3, bytes: 4, changed: true });
  expect(readFileSync(target, 'utf8')).toBe('abc\n');
  expect(readdirSync(dir)).toEqual(['listings.csv']);
});

test('chunks of every size add up', async () => {
  const parts = [10, 1_000_000, 100_000, 3_000_000, 1, 1_048_576, 1_048_577, 5].map((n, i) =>
    `${i}`.repeat(n),
  );
  await publish(...parts);
  expect(readFileSync(target, 'utf8')).toBe(parts.join(''));
});

test('the producer may use its memory again', async () => {
  const chunk = Buffer.from('a');
  await publishFile(target, async (write) => {
    await write(chunk);
    chunk.write('b');
    await write(chunk);
  });
  expect(readFileSync(target, 'utf8')).toBe('ab');
});

test('the same content leaves the file alone', async () => {
  await publish('same'.repeat(1_000_000));
  utimesSync(target, 1_000, 1_000);
  const { ino } = statSync(target);
  expect(await publish('same'.repeat(1_000_000))).toMatchObject({ bytes: 4_000_000, changed: false });
  expect(statSync(target)).toMatchObject({ ino, mtimeMs: 1_000_000 });
  expect(readdirSync(dir)).toEqual(['listings.csv']);
});

test('a symbolic link to the same content and a FIFO in its place give way to a file', async () => {
  const elsewhere = join(tempDir(), 'listings.csv');
  writeFileSync(elsewhere, 'same');
  for (const put of [() => symlinkSync(elsewhere, target), () => execFileSync('mkfifo', [target])]) {
    rmSync(target, { force: true });
    put();
    expect(await publish('same')).toMatchObject({ changed: true });
    expect(lstatSync(target).isFile()).toBe(true);
  }
});

test('a difference in the last byte is one', async () => {
  await publish('same'.repeat(1_000_000) + 'x');
  expect(await publish('same'.repeat(1_000_000) + 'y')).toMatchObject({ changed: true });
  expect(readFileSync(target, 'utf8').at(-1)).toBe('y');
});

test('an error of the producer keeps the old file and leaves nothing behind', async () => {
  await publish('old');
  const failed = publishFile(target, async (write) => {
    await write(Buffer.alloc(2_000_000));
    throw Object.assign(new Error('database gone'), { code: 'ENOSPC' });
  });
  await expect(failed).rejects.toThrow('database gone');
  expect(readFileSync(target, 'utf8')).toBe('old');
  expect(readdirSync(dir)).toEqual(['listings.csv']);
});

test('aborting stops the next write and keeps the old file', async () => {
  await publish('old');
  const abort = new AbortController();
  let writes = 0;
  const failed = publishFile(
    target,
    async (write) => {
      for (;;) {
        await write(Buffer.from('x'));
        if (++writes === 3) abort.abort();
      }
    },
    { signal: abort.signal },
  );
  await expect(failed).rejects.toThrow('aborted');
  expect(writes).toBe(3);
  expect(readFileSync(target, 'utf8')).toBe('old');
  expect(readdirSync(dir)).toEqual(['listings.csv']);
});

test('aborting after the last write keeps the old file', async () => {
  await publish('old');
  const abort = new AbortController();
  const produce = () => {
    abort.abort();
    return Promise.resolve();
  };
  const failed = publishFile(target, produce, { signal: abort.signal });
  await expect(failed).rejects.toThrow('aborted');
  expect(readFileSync(target, 'utf8')).toBe('old');
});

test('a staged file is published by commit', async () => {
  await publish('old');
  const staged = await stageFile(target, async (write) => {
    await write(Buffer.from('new'));
    return 42;
  });
  expect(staged.result).toBe(42);
  expect(readFileSync(target, 'utf8')).toBe('old');
  expect(await staged.commit()).toEqual({ bytes: 3, changed: true });
  expect(readFileSync(target, 'utf8')).toBe('new');
  expect(readdirSync(dir)).toEqual(['listings.csv']);
});

test('a staged file may be discarded', async () => {
  await publish('old');
  const staged = await stageFile(target, (write) => write(Buffer.from('new')));
  await staged.discard();
  expect(readFileSync(target, 'utf8')).toBe('old');
  expect(readdirSync(dir)).toEqual(['listings.csv']);
});

test('temporary files of dead runs go, those of running ones and others stay', async () => {
  const yesterday = Date.now() / 1_000 - 90_000;
  for (const name of ['.listings.csv.tmp-0123', '.listings-live.csv.tmp-0123', '.other']) {
    writeFileSync(join(dir, name), 'x');
    utimesSync(join(dir, name), yesterday, yesterday);
  }
  writeFileSync(join(dir, '.listings.csv.tmp-4567'), 'running');
  await publish('new');
  expect(readdirSync(dir).sort()).toEqual([
    '.listings-live.csv.tmp-0123',
    '.listings.csv.tmp-4567',
    '.other',
    'listings.csv',
  ]);
});

test('the directory is made', async () => {
  target = join(dir, 'deep', 'down', 'listings.csv');
  await publish('x');
  expect(readFileSync(target, 'utf8')).toBe('x');
});

test('several at once do not mix', async () => {
  const texts = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(2_000_000));
  await Promise.all(texts.map((content) => publish(content)));
  expect(texts).toContain(readFileSync(target, 'utf8'));
  expect(readdirSync(dir)).toEqual(['listings.csv']);
});

test('a full disk keeps the old file and tells what to do', async (context) => {
  dir = smallDisk(context, 1_000_000);
  target = join(dir, 'listings.csv');
  await publish('old');
  const error = await publish('x'.repeat(2_000_000)).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ code: 'publishFull', advice: expect.stringContaining('free some space') });
  expect(readFileSync(target, 'utf8')).toBe('old');
  expect(readdirSync(dir)).toEqual(['listings.csv']);
  expect(await publish('new')).toMatchObject({ changed: true });
});

test("a directory in the file's place is told", async () => {
  mkdirSync(target);
  const error = await publish('x').catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'publishPath', message: expect.stringContaining(target) });
  expect(readdirSync(dir)).toEqual(['listings.csv']);
});

test('a directory that cannot be written is told', async (context) => {
  dir = smallDisk(context, 1_000_000);
  target = join(dir, 'listings.csv');
  execFileSync('mount', ['-o', 'remount,ro', dir]);
  const error = await publish('x').catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'publishDenied', advice: expect.stringContaining('export_path') });
});

testApart('another process never finds the file missing, empty or in part', async () => {
  const content = (version: number) => [
    `version ${version}\n`,
    ...Array.from({ length: 20 }, () => `${version},`.repeat(4_000)),
    `\nend of version ${version}\n`,
  ];
  await publish(...content(0));
  const script = new URL('../support/file-poller.ts', import.meta.url).pathname;
  const poller = spawn(process.execPath, [script, target], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void poller.kill());
  await once(poller.stdout, 'readable');
  for (let version = 1; version <= 200; version++) await publish(...content(version));
  poller.stdin.end();
  const seen = JSON.parse(await text(poller.stdout)) as { reads: number; versions: number; faults: string[] };
  expect(seen.faults).toEqual([]);
  expect(seen.reads).toBeGreaterThan(200);
  expect(seen.versions).toBeGreaterThan(10);
});
