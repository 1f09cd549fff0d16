import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startProgram, writeConfig } from '../support/daemon.ts';
import { makeGalaxy, marketRows } from '../support/galaxy.ts';
import { runHere, startHere } from '../support/here.ts';
import { commodityMessage } from '../support/messages.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

async function world() {
  const cwd = tempDir();
  writeConfig(cwd);
  const database = join(cwd, 'data/TradeDangerous.db');
  await makeGalaxy(database, ['Sol']);
  return { cwd, database };
}

const replay = (cwd: string, ...files: string[]) => runHere({ cwd, args: ['replay', ...files] });

test('a file that cannot be read is said before anything is made', async () => {
  const cwd = tempDir();
  for (const file of ['missing.jsonl', '.']) {
    const { code, stderr } = await replay(cwd, file);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^(there is no file missing\.jsonl|no archive is in the folder \.) \(.*\)\n$/);
  }
  expect(readdirSync(cwd)).toEqual([]);
});

test.each([
  ['rubbish', randomBytes(50_000)],
  ['a dump', '[\n{"id64":1,\n"name":"Sol"}\n]\n'],
  ['nothing', ''],
])('%s is a failure that says so', async (name, content) => {
  const { cwd } = await world();
  writeFileSync(join(cwd, name), content);
  const { code, stderr } = await replay(cwd, name);
  expect(code).toBe(1);
  expect(stderr).toContain(`${name} holds no EDDN message`);
});

test.each([
  ['plain', (text: string) => Buffer.from(text)],
  ['gzip', (text: string) => gzipSync(text)],
])('- is standard input, %s', async (_, encode) => {
  const { cwd, database } = await world();
  const program = startProgram({ cwd, args: ['replay', '-'] });
  program.process.stdin.end(encode(`${JSON.stringify(commodityMessage())}\n`));
  const { code, stdout } = await program.exit;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^received +1$/m);
  expect(marketRows(database)).not.toEqual([]);
});

test('Ctrl-C says how far it came, and ends with 130', async () => {
  const { cwd, database } = await world();
  const program = startProgram({ cwd, args: ['replay', '-'] });
  const lines = Array.from({ length: 300 }, (_, i) => JSON.stringify(commodityMessage({ marketId: i + 1 })));
  // One batch, and one that would wait for more.
  program.process.stdin.write(`${lines.join('\n')}\n`);
  await until(() => marketRows(database).length > 0);
  program.kill('SIGINT');
  const { code, stdout } = await program.exit;
  expect(code).toBe(130);
  expect(stdout).toMatch(/^stopped +by SIGINT after 256 messages, \d+ bytes of standard input/m);
});

test('Ctrl-C before the first message is read stops it, too', async () => {
  const { cwd, database } = await world();
  const lines = Array.from({ length: 5_000 }, (_, i) =>
    JSON.stringify(commodityMessage({ marketId: i + 1 })),
  );
  writeFileSync(join(cwd, 'day.jsonl'), lines.join('\n'));
  // As soon as it listens to signals, which is before it has a database, let alone a feed.
  const listening = Promise.withResolvers<undefined>();
  const onListener = (event: string | symbol) => event === 'SIGINT' && listening.resolve(undefined);
  process.on('newListener', onListener);
  onTestFinished(() => void process.off('newListener', onListener));
  const program = startHere({ cwd, args: ['replay', 'day.jsonl'] });
  await listening.promise;
  program.kill('SIGINT');
  const { code, stdout } = await program.exit;
  expect(code).toBe(130);
  expect(stdout).toMatch(
    /^stopped +by SIGINT after 0 messages, 0 % of day\.jsonl; replay it again for the rest/m,
  );
  expect(marketRows(database)).toEqual([]);
});

test('standard input is refused beside a daemon: both would write the spool', async () => {
  const { cwd } = await world();
  const daemon = startProgram({ cwd });
  await daemon.logged(/database:/);
  const program = startProgram({ cwd, args: ['replay', '-'] });
  program.process.stdin.end(JSON.stringify(commodityMessage()));
  const { code, stderr } = await program.exit;
  daemon.kill('SIGTERM');
  expect((await daemon.exit).code).toBe(0);
  expect(code).toBe(1);
  expect(stderr).toContain(`is in use by process ${daemon.process.pid}`);
});

describe('archives', () => {
  const message = (marketId: number) => `${JSON.stringify(commodityMessage({ marketId }))}\n`;

  test('a folder is read file by file, what is replayed is left out the next time', async () => {
    const { cwd, database } = await world();
    mkdirSync(join(cwd, 'eddn/2026-11'), { recursive: true });
    writeFileSync(join(cwd, 'eddn/2026-11/Commodity-2026-11-01.jsonl.gz'), gzipSync(message(1) + message(2)));
    writeFileSync(join(cwd, 'eddn/2026-11/Commodity-2026-11-02.jsonl.zst'), zstdCompressSync(message(3)));
    for (const other of ['notes.txt', 'Market.json']) writeFileSync(join(cwd, 'eddn', other), 'no archive');
    mkdirSync(join(cwd, 'eddn/2026-10.jsonl'));
    const first = await replay(cwd, 'eddn');
    expect(first.stdout).toMatch(/^received +3\n +commodity: 3\n/);
    expect(first.code).toBe(0);
    expect(new Set(marketRows(database).map((row) => row.station_id))).toEqual(new Set([1, 2, 3]));

    writeFileSync(join(cwd, 'eddn/Commodity-2026-11-03.jsonl'), message(4));
    const second = await replay(cwd, 'eddn');
    expect(second.stdout).toMatch(/^left out +2 files that were replayed before .*\nreceived +1$/m);
    expect((await replay(cwd, 'eddn')).code).toBe(0);
    expect((await runHere({ cwd, args: ['replay', 'eddn', '--again'] })).stdout).toMatch(/^received +4$/m);
  });

  test('one without a message is not done: a good copy may take its place', async () => {
    const { cwd, database } = await world();
    mkdirSync(join(cwd, 'eddn'));
    const copies = { 'a.jsonl.gz': '', 'b.jsonl': message(1), 'c.jsonl': 'rubbish' };
    for (const [name, content] of Object.entries(copies)) writeFileSync(join(cwd, 'eddn', name), content);
    const { code, stdout } = await replay(cwd, 'eddn');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^received +2$/m);
    const again = await replay(cwd, 'eddn');
    expect(again.stdout).toMatch(/^left out +1 files .*\nreceived +1$/m);
    expect(again.stderr).toContain('2 files hold no EDDN message');
    writeFileSync(join(cwd, 'eddn/a.jsonl.gz'), gzipSync(message(2)));
    expect((await replay(cwd, 'eddn')).code).toBe(0);
    expect(marketRows(database).map((row) => row.station_id)).toContain(2);
  });

  test('a damaged one costs nothing of the others, and is said', async () => {
    const { cwd, database } = await world();
    writeFileSync(join(cwd, 'a.jsonl.gz'), gzipSync(message(1)).subarray(0, -12));
    writeFileSync(join(cwd, 'b.jsonl'), message(2));
    const { code, stderr } = await replay(cwd, 'a.jsonl.gz', 'b.jsonl');
    expect(code).toBe(1);
    expect(stderr).toContain('1 of 2 files could not be read whole: a.jsonl.gz is damaged or cut short');
    expect(marketRows(database).map((row) => row.station_id)).toContain(2);
  });

  test('stopped in a folder, it goes on with the files that were not whole', async () => {
    const { cwd, database } = await world();
    mkdirSync(join(cwd, 'eddn'));
    const count = 40;
    for (let i = 1; i <= count; i++) {
      const lines = Array.from({ length: 50 }, (_, n) => message(i * 100 + n));
      writeFileSync(join(cwd, `eddn/${String(i).padStart(2, '0')}.jsonl`), lines.join(''));
    }
    const program = startProgram({ cwd, args: ['replay', 'eddn'] });
    await until(() => marketRows(database).length > 0);
    program.kill('SIGKILL');
    await program.exit;
    const { code } = await replay(cwd, 'eddn');
    expect(code).toBe(0);
    expect(new Set(marketRows(database).map((row) => row.station_id)).size).toBe(count * 50);
  });
});
