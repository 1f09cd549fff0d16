import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../src/domain/colonisation/book/findings.ts';
import { openJournalFolder } from '../../src/infra/journal/folder.ts';
import { contributionLine, journalLine, loginLines } from '../support/journals.ts';
import { SeededRandom } from '../support/random.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const FIRST = 'Journal.2026-05-01T120000.01.log';
const SECOND = 'Journal.2026-05-01T130000.01.log';
/** A line that is told by its number. */
const numbered = (number: number) => contributionLine(number, { steel: number });
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => numbered(from + at));
const text = (...all: readonly string[]) => all.map((line) => `${line}\r\n`).join('');

/** A folder, lives of who reads it, and what they were told. */
function world() {
  const dir = tempDir();
  const folder = join(dir, 'journals');
  mkdirSync(folder);
  let reading = openJournalFolder(folder, join(dir, 'positions.json'));
  const told: { number: number; fid: string }[] = [];
  const take = (findings: readonly Finding[]) => {
    for (const finding of findings) {
      if (finding.kind !== 'site') continue;
      for (const { goods, fid } of finding.site.deliveries) told.push({ number: goods.steel ?? 0, fid });
    }
  };
  return {
    folder,
    path: (name: string) => join(folder, name),
    told,
    numbers: () => told.map(({ number }) => number),
    look: (everything = false, more: Partial<Parameters<typeof reading.look>[0]> = {}) =>
      reading.look({
        ...{ everything, signal: new AbortController().signal, take },
        ...{ checkpoint: () => Promise.resolve(), progress: () => undefined, ...more },
      }),
    notice: (onStir: () => void) => reading.notice(onStir),
    /** The next life; what was not kept is read again. */
    restart: async (isKept = true) => {
      if (isKept) await reading.keep(true);
      reading = openJournalFolder(folder, join(dir, 'positions.json'));
    },
    positions: join(dir, 'positions.json'),
  };
}

test('every line once, in order, whatever ends the lines, and only when they are whole', async () => {
  const { path, look, numbers, told } = world();
  writeFileSync(path(FIRST), text(...loginLines(), numbered(1)));
  expect(await look(true)).toMatchObject({ files: 1, lines: 3, problems: [] });
  appendFileSync(path(FIRST), `${numbered(2)}\n${numbered(3).slice(0, 50)}`);
  await look();
  expect(numbers()).toEqual([1, 2]);
  appendFileSync(path(FIRST), numbered(3).slice(50));
  await look();
  expect(numbers()).toEqual([1, 2]);
  appendFileSync(path(FIRST), '\r\n');
  await look();
  await look(true);
  expect(numbers()).toEqual([1, 2, 3]);
  expect(new Set(told.map(({ fid }) => fid))).toEqual(new Set(['F1']));
});

test('a last line without an end counts when it is whole and another journal was begun', async () => {
  const { path, look, numbers } = world();
  writeFileSync(path(FIRST), `${text(...loginLines())}${numbered(1)}`);
  await look(true);
  expect(numbers()).toEqual([]);
  writeFileSync(path(SECOND), text(...loginLines(60), numbered(2)));
  await look();
  await look(true);
  expect(numbers()).toEqual([1, 2]);
  appendFileSync(path(FIRST), `\r\n${text(numbered(3))}`);
  await look();
  expect(numbers()).toEqual([1, 2, 3]);
});

test('half a last line of a journal that is over is none', async () => {
  const { path, look, numbers } = world();
  writeFileSync(path(FIRST), `${text(...loginLines(), numbered(1))}${numbered(2).slice(0, -2)}`);
  writeFileSync(path(SECOND), text(...loginLines(60)));
  await look(true);
  expect(numbers()).toEqual([1]);
});

test('the next life goes on where the last one was, with whose file it was; what was not kept is read again', async () => {
  const { path, look, numbers, restart, told } = world();
  writeFileSync(path(FIRST), text(...loginLines(0, 'F7'), ...lines(1, 2)));
  await look(true);
  await restart();
  appendFileSync(path(FIRST), text(numbered(3)));
  await look(true);
  expect(told.at(-1)).toEqual({ number: 3, fid: 'F7' });
  await restart(false);
  await look(true);
  expect(numbers()).toEqual([1, 2, 3, 3]);
});

test('a file that was renamed is not read again; one that was cut, or replaced, is', async () => {
  const { path, look, numbers, restart } = world();
  writeFileSync(path(FIRST), text(...loginLines(), ...lines(1, 3)));
  await look(true);
  renameSync(path(FIRST), path('Journal.2026-05-01T120001.01.log'));
  await look(true);
  await restart();
  renameSync(path('Journal.2026-05-01T120001.01.log'), path('Journal.2026-05-01T120002.01.log'));
  await look(true);
  expect(numbers()).toEqual([1, 2, 3]);
  const now = path('Journal.2026-05-01T120002.01.log');
  const head = text(...loginLines());
  truncateSync(now, head.length);
  await look();
  appendFileSync(now, text(numbered(4)));
  await look();
  expect(numbers()).toEqual([1, 2, 3, 4]);
  // Longer than what was there, and another one.
  writeFileSync(now, text(...loginLines(5), ...lines(5, 20)));
  await look();
  expect(numbers()).toEqual([1, 2, 3, 4, ...lines(5, 20).map((_, at) => at + 5)]);
});

test('empty files, ones that begin with half a line, and strange ones are no trouble', async () => {
  const { path, look, numbers } = world();
  writeFileSync(path(FIRST), '');
  writeFileSync(path(SECOND), loginLines()[0]!.slice(0, 20));
  writeFileSync(path('JournalAlpha.2026-05-01T120000.01.log'), text(numbered(9)));
  writeFileSync(
    path('Journal.2026-05-01T110000.01.log'),
    Buffer.concat([Buffer.alloc(3_000), Buffer.from(`\n${text(numbered(1))}`)]),
  );
  mkdirSync(path('Journal.2026-05-01T115000.01.log'));
  const { problems = [] } = (await look(true)) ?? {};
  expect(problems).toEqual([expect.stringContaining('Journal.2026-05-01T115000.01.log')]);
  expect(numbers()).toEqual([1]);
  writeFileSync(path(FIRST), text(...loginLines(), numbered(2)));
  appendFileSync(path(SECOND), `${loginLines()[0]!.slice(20)}\n${text(numbered(3))}`);
  await look(true);
  expect(numbers()).toEqual([1, 2, 3]);
});

test('a FIFO that is called like a journal holds up nobody', async () => {
  const { path, look, restart, numbers } = world();
  writeFileSync(path(FIRST), text(...loginLines(), ...lines(1, 2)));
  await look();
  await restart();
  rmSync(path(FIRST));
  execFileSync('mkfifo', [path(SECOND)]);
  writeFileSync(path('Journal.2026-05-01T140000.01.log'), text(...loginLines(7_200), ...lines(3, 4)));
  await look(true);
  expect(numbers()).toEqual([1, 2, 3, 4]);
});

test('lines longer than what is read at once are read, and ones that never end passed over', async () => {
  const { path, look, numbers } = world();
  const long = journalLine(1, 'Music', { text: 'x'.repeat(3 * 1024 * 1024) });
  writeFileSync(path(FIRST), text(...loginLines(), numbered(1), long, numbered(2)));
  await look(true);
  appendFileSync(path(FIRST), `${'y'.repeat(40 * 1024 * 1024)}\n${text(numbered(3))}`);
  await look();
  expect(numbers()).toEqual([1, 2, 3]);
});

test('a file nobody may read is told, tried again, and keeps back no other', async () => {
  const { path, look, numbers, folder } = world();
  writeFileSync(path(SECOND), text(...loginLines(), numbered(2)));
  // A link to itself cannot be opened, not even by root.
  const { symlinkSync } = await import('node:fs');
  symlinkSync(FIRST, path(FIRST));
  expect(await look(true)).toMatchObject({ problems: [expect.stringContaining(FIRST)] });
  rmSync(path(FIRST));
  writeFileSync(path(FIRST), text(...loginLines(), numbered(1)));
  expect(await look(true)).toMatchObject({ problems: [] });
  expect(numbers()).toEqual([2, 1]);
  rmSync(folder, { recursive: true });
  expect(await look()).toBeNull();
});

test('an older file that nobody may read is told until it can be read, or is gone', async () => {
  const { path, look } = world();
  const old = ['Journal.2026-05-01T100000.01.log', 'Journal.2026-05-01T110000.01.log'] as const;
  const { symlinkSync } = await import('node:fs');
  for (const name of old) symlinkSync(name, path(name));
  for (const hour of [12, 13, 14]) {
    writeFileSync(path(`Journal.2026-05-01T${hour}0000.01.log`), text(...loginLines(hour)));
  }
  const both = { problems: old.map((name) => expect.stringContaining(name) as string) };
  expect(await look(true)).toMatchObject(both);
  expect(await look()).toMatchObject(both);
  rmSync(path(old[0]));
  expect(await look()).toMatchObject({ problems: [expect.stringContaining(old[1])] });
  rmSync(path(old[1]));
  writeFileSync(path(old[1]), text(...loginLines()));
  expect(await look(true)).toMatchObject({ problems: [] });
});

test('older files that grow are seen when everything is looked at, or when they stir', async () => {
  const { path, look, numbers, notice } = world();
  const names = [1, 2, 3, 4, 5].map((hour) => `Journal.2026-05-01T0${hour}0000.01.log`);
  for (const [at, name] of names.entries()) writeFileSync(path(name), text(...loginLines(at)));
  await look(true);
  appendFileSync(path(names[0]!), text(numbered(1)));
  await look();
  expect(numbers()).toEqual([]);
  await look(true);
  expect(numbers()).toEqual([1]);
  let stirs = 0;
  const end = notice(() => (stirs += 1));
  appendFileSync(path(names[1]!), text(numbered(2)));
  await until(() => stirs > 0);
  await look();
  end();
  expect(numbers()).toEqual([1, 2]);
});

test('a side file counts when it is whole, for whoever plays, once', async () => {
  const { path, look } = world();
  const cargo = (count: number) =>
    journalLine(50 + count, 'Cargo', { Vessel: 'Ship', Inventory: [{ Name: 'steel', Count: count }] });
  const told: unknown[] = [];
  const take = (findings: readonly Finding[]) => {
    for (const each of findings)
      if (each.kind === 'commander') told.push([each.commander.fid, each.commander.cargo.list?.goods]);
  };
  writeFileSync(path(FIRST), text(...loginLines(0, 'F9')));
  await look(true);
  for (const half of ['', cargo(3).slice(0, 30)]) {
    writeFileSync(path('Cargo.json'), half);
    await look(false, { take });
  }
  expect(told).toEqual([]);
  writeFileSync(path('Cargo.json'), cargo(4));
  await look(false, { take });
  await look(false, { take });
  expect(told).toEqual([['F9', { steel: 4 }]]);
  writeFileSync(path('Cargo.json'), cargo(5));
  utimesSync(path('Cargo.json'), 1, 1);
  await look(false, { take });
  expect(told).toHaveLength(2);
});

test('journals are read, never written, and what was kept of them is no more than where they were left', async () => {
  const { path, look, restart, positions, numbers } = world();
  const written = text(...loginLines(), ...lines(1, 3));
  writeFileSync(path(FIRST), written);
  await look(true);
  await restart();
  expect(readFileSync(path(FIRST), 'utf8')).toBe(written);
  expect(JSON.parse(readFileSync(positions, 'utf8'))).toMatchObject({
    [FIRST]: { offset: written.length, context: { fid: 'F1' } },
  });
  writeFileSync(positions, '{ broken');
  await restart(false);
  await look(true);
  expect(numbers()).toEqual([1, 2, 3, 1, 2, 3]);
});

test('written in pieces cut anywhere, and left at any moment, every line is told once, in order', async () => {
  const random = new SeededRandom(20);
  const { path, look, numbers, restart } = world();
  const all = Buffer.from(text(...loginLines(), ...lines(1, 400)));
  writeFileSync(path(FIRST), '');
  for (let at = 0; at < all.length;) {
    const size = Math.ceil(random.next() * 900);
    appendFileSync(path(FIRST), all.subarray(at, at + size));
    at += size;
    await look(random.next() < 0.2);
    if (random.next() < 0.2) await restart();
  }
  expect(numbers()).toEqual(lines(1, 400).map((_, at) => at + 1));
});

test('a first reading tells how far it is, and stops when it is told to', async () => {
  const { path, look, numbers, restart } = world();
  for (const hour of [1, 2, 3])
    writeFileSync(
      path(`Journal.2026-05-01T0${hour}0000.01.log`),
      text(...loginLines(hour), ...lines(hour * 100, hour * 100 + 5)),
    );
  const seen: number[] = [];
  const stopping = new AbortController();
  const progress = ({
    files,
    ofFiles,
    bytes,
    ofBytes,
  }: {
    files: number;
    ofFiles: number;
    bytes: number;
    ofBytes: number;
  }) => {
    seen.push(files / ofFiles);
    expect(bytes).toBeLessThanOrEqual(ofBytes);
    if (files === 2) stopping.abort();
  };
  await expect(look(true, { signal: stopping.signal, progress })).rejects.toThrow();
  expect(seen).toEqual([1 / 3, 2 / 3]);
  await restart();
  await look(true);
  expect([...new Set(numbers())]).toHaveLength(18);
});

test('stopped at any moment, nothing that was read is lost', async () => {
  const { path, look, numbers, restart } = world();
  for (let at = 0; at < 40; at++) {
    for (const part of [1, 2, 3]) {
      const name = `Journal.2026-05-01T01${String(at).padStart(2, '0')}00.0${part}.log`;
      writeFileSync(path(name), text(...loginLines(at * 10 + part), numbered(3 * at + part)));
    }
    const stopping = new AbortController();
    // While the second file is being read, sooner or later.
    const stopIn = (turns: number): unknown =>
      turns === 0 ? stopping.abort() : setImmediate(stopIn, turns - 1);
    const progress = ({ files }: { readonly files: number }) => {
      if (files === 1) stopIn(at % 10);
    };
    await look(true, { signal: stopping.signal, progress }).catch(() => undefined);
    await restart();
  }
  await look(true);
  expect(numbers().sort((a, b) => a - b)).toEqual(lines(1, 120).map((_, at) => at + 1));
});
