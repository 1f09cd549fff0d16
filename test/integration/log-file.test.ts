import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openLogFile, type LogFileOptions } from '../../src/infra/log/log-file.ts';
import { tempDir } from '../support/temp-dir.ts';
import { smallDisk } from '../support/tmpfs.ts';
import { until } from '../support/until.ts';

const CHILD = fileURLToPath(new URL('../support/log-file-child.ts', import.meta.url));
const DAY_MS = 86_400_000;

function options(change: Partial<LogFileOptions> = {}): LogFileOptions {
  return { file: join(tempDir(), 'tdl.log'), rotateBytes: 20_000, keepMs: DAY_MS, compress: true, ...change };
}

function write(log: LogFileOptions, count: number, pace: number, end: 'flush' | 'exit' | 'throw') {
  return spawnSync(process.execPath, [CHILD, JSON.stringify(log), `${count}`, `${pace}`, end]);
}

/** Names of the files in order: those put aside, then the one in use. */
function files({ file }: LogFileOptions): string[] {
  const place = (name: string) => {
    const [, moment, number] = /\.(\d{8}-\d{6})-(\d+)(\.gz)?$/.exec(name) ?? [];
    return moment === undefined ? 'last' : `${moment}-${number?.padStart(4, '0')}`;
  };
  return readdirSync(join(file, '..')).sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** The numbers of the lines, in the order of the files. */
function numbers(log: LogFileOptions): number[] {
  return files(log)
    .map((name) => readFileSync(join(log.file, '..', name)))
    .map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString())
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => {
      expect(line).toMatch(/^\d+ \.{100}$/);
      return Number.parseInt(line, 10);
    });
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

test.each([
  [true, 1],
  [true, 500],
  [false, 50],
])('putting it aside under load loses no line (compressed: %s, %i lines at a time)', (compress, pace) => {
  const log = options({ compress });
  write(log, 5_000, pace, 'flush');
  expect(numbers(log)).toEqual(upTo(5_000));
  expect(files(log).length).toBeGreaterThan(2);
  expect(files(log).every((name) => /^tdl\.log(\.\d{8}-\d{6}-\d+(\.gz)?)?$/.test(name))).toBe(true);
});

test.each(['exit', 'throw'] as const)('an %s at once loses no line', (end) => {
  const log = options();
  write(log, 2_000, 700, end);
  const found = numbers(log);
  expect([...new Set(found)].sort((a, b) => a - b)).toEqual(upTo(2_000));
});

test('a file that is there is gone on with', () => {
  const log = options({ rotateBytes: 0 });
  write(log, 10, 1, 'flush');
  write(log, 10, 1, 'flush');
  expect(numbers(log)).toEqual([...upTo(10), ...upTo(10)]);
});

test('0 is never put aside', () => {
  const log = options({ rotateBytes: 0 });
  write(log, 5_000, 500, 'flush');
  expect(files(log)).toEqual(['tdl.log']);
});

test('what was put aside too long ago is removed, nothing else', () => {
  const log = options();
  const put = (name: string, daysAgo: number) => {
    const file = join(log.file, '..', name);
    writeFileSync(file, '');
    const atS = Date.now() / 1000 - daysAgo * 86_400;
    utimesSync(file, atS, atS);
  };
  put('tdl.log.20260101-000000-1.gz', 2);
  put('tdl.log.20260101-000000-2', 2);
  put('tdl.log.20260102-000000-1.gz', 0.5);
  put('tdl.log.bak', 2);
  put('other.log.20260101-000000-1.gz', 2);
  write(log, 1_000, 100, 'flush');
  const left = readdirSync(join(log.file, '..')).filter((name) => /bak|other|2026010/.test(name));
  expect(left.sort()).toEqual([
    'other.log.20260101-000000-1.gz',
    'tdl.log.20260102-000000-1.gz',
    'tdl.log.bak',
  ]);
});

test('reopened, it goes on under its name, and the file that was moved away is whole', async () => {
  const log = options({ rotateBytes: 0 });
  const { write: say, reopen, flush } = openLogFile(log);
  say('before\n');
  await flush();
  renameSync(log.file, `${log.file}.1`);
  say('between\n');
  reopen();
  say('after\n');
  await flush();
  expect(readFileSync(`${log.file}.1`, 'utf8')).toBe('before\nbetween\n');
  expect(readFileSync(log.file, 'utf8')).toBe('after\n');
});

test('a directory that is removed is made anew, with what was written since', async () => {
  const log = options({ file: join(tempDir(), 'logs/tdl.log'), rotateBytes: 0 });
  const { write: say, flush } = openLogFile(log);
  say('before\n');
  await flush();
  rmSync(dirname(log.file), { recursive: true });
  say('after\n');
  await flush();
  await until(() => existsSync(log.file) && readFileSync(log.file, 'utf8') === 'before\nafter\n');
});

test('so it is at the exit, before anybody could look', () => {
  const log = options({ file: join(tempDir(), 'logs/tdl.log'), rotateBytes: 0 });
  const writes = `
    import { rmSync } from 'node:fs';
    import { openLogFile } from ${JSON.stringify(new URL('../../src/infra/log/log-file.ts', import.meta.url))};
    const log = openLogFile(${JSON.stringify(log)});
    log.write('before\\n');
    await log.flush();
    rmSync(${JSON.stringify(dirname(log.file))}, { recursive: true });
    log.write('after\\n');
    await log.flush();
    process.exit(0);`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', writes]);
  expect(stderr.toString()).toBe('');
  expect(readFileSync(log.file, 'utf8')).toBe('before\nafter\n');
});

test('one that is closed leaves nothing to do at the exit', async () => {
  const before = process.listenerCount('exit');
  const log = options({ file: join(tempDir(), 'logs/tdl.log'), rotateBytes: 0 });
  const { write: say, flush, close } = openLogFile(log);
  say('told\n');
  await flush();
  close();
  expect(readFileSync(log.file, 'utf8')).toBe('told\n');
  expect(process.listenerCount('exit')).toBe(before);
});

test('what is no file is told, and keeps nobody waiting', () => {
  const log = options({ file: join(tempDir(), 'fifo'), rotateBytes: 0 });
  execFileSync('mkfifo', [log.file]);
  const opens = `
    import { openLogFile } from ${JSON.stringify(new URL('../../src/infra/log/log-file.ts', import.meta.url))};
    process.stderr.write = (text) => {
      console.log(text);
      process.exit(0);
    };
    openLogFile(${JSON.stringify(log)});
    setInterval(() => undefined, 1_000);`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', opens], { timeout: 60_000 });
  expect(stdout.toString()).toContain(`${log.file} (it is not a file)`);
});

test.for(['at once', 'one by one'])('a full disk is waited for: lines %s', async (how, context) => {
  const disk = smallDisk(context, 65_536);
  const ballast = join(disk, 'ballast');
  writeFileSync(ballast, Buffer.alloc(49_152));
  const log = options({ file: join(disk, 'tdl.log'), rotateBytes: 0 });
  const { write: say, flush } = openLogFile(log);
  for (let n = 0; n < 20; n++) {
    say(`${n} ${'x'.repeat(995)}.\n`);
    // The one that fits in part only counts as written.
    if (how === 'one by one') await Promise.race([flush(), sleep(50)]);
  }
  await until(() => existsSync(log.file) && readFileSync(log.file).length >= 8_192);
  rmSync(ballast);
  await flush();
  const whole = readFileSync(log.file, 'utf8').matchAll(/^(\d+) x{995}\.$/gm);
  expect(new Set(whole.map(([, n]) => Number(n)))).toEqual(new Set(upTo(20)));
});

test('a line that an earlier life left torn takes no other with it', async () => {
  const log = options({ file: join(tempDir(), 'tdl.log'), rotateBytes: 0 });
  writeFileSync(log.file, 'whole\ntor');
  const { write: say, flush } = openLogFile(log);
  say('next\n');
  await flush();
  expect(readFileSync(log.file, 'utf8')).toBe('whole\ntor\nnext\n');
});
