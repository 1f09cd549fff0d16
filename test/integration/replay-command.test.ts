import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { runProgram, startProgram, writeConfig } from '../support/daemon.ts';
import { makeGalaxy, marketRows } from '../support/galaxy.ts';
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

const replay = (cwd: string, file: string) => runProgram({ cwd, args: ['replay', file] });

test('a file that cannot be read is said before anything is made', async () => {
  const cwd = tempDir();
  for (const file of ['missing.jsonl', '.']) {
    const { code, stderr } = await replay(cwd, file);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^(there is no file missing\.jsonl|\. is a directory) \(.*\)\n$/);
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

test('beside a daemon it is refused: both would write the spool', async () => {
  const { cwd } = await world();
  const daemon = startProgram({ cwd });
  await daemon.logged(/database:/);
  writeFileSync(join(cwd, 'day.jsonl'), JSON.stringify(commodityMessage()));
  const { code, stderr } = await replay(cwd, 'day.jsonl');
  daemon.kill('SIGTERM');
  expect((await daemon.exit).code).toBe(0);
  expect(code).toBe(1);
  expect(stderr).toContain(`is in use by process ${daemon.process.pid}`);
});
