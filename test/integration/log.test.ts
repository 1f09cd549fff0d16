import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, type TestContext } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { smallDisk } from '../support/tmpfs.ts';

const SCRIPT = fileURLToPath(new URL('../support/log-child.ts', import.meta.url));
const LEVELS = ['debug', 'info', 'warn', 'error'];
const LINES = LEVELS.map((level, i) => [level, { fact: i, name: 'Zoë "x"' }, `some ${level}`]);

function args(options: object, lines: unknown[] = LINES, repeats = 1): string[] {
  return [SCRIPT, JSON.stringify(options), JSON.stringify(lines), `${repeats}`];
}

function run(options: object) {
  const { stdout, stderr, status } = spawnSync(process.execPath, args(options), { encoding: 'utf8' });
  return { stdout, stderr, status };
}

/** What a person at a terminal would see. */
function onTerminal({ skip }: Pick<TestContext, 'skip'>, options: object, lines: unknown[] = LINES): string {
  const quoted = [process.execPath, ...args(options, lines)].map((arg) => `'${arg}'`).join(' ');
  try {
    return execFileSync('script', ['-qec', quoted, '/dev/null'], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', TERM: 'xterm' },
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') skip('needs the program "script" for a terminal');
    return (error as { stdout: string }).stdout;
  }
}

const parse = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test.each([
  ['debug', { verbose: false, debug: true }, LEVELS],
  ['verbose', { verbose: true, debug: false }, LEVELS.slice(1)],
  ['neither', { verbose: false, debug: false }, LEVELS.slice(2)],
])('%s decides what is logged', (_, options, levels) => {
  const { stdout } = run({ to: 'stdout', ...options });
  expect(parse(stdout).map(({ msg }) => msg)).toEqual(levels.map((level) => `some ${level}`));
});

test('a pipe gets one JSON object a line', () => {
  const { stdout, status } = run({ to: 'stdout', verbose: true, debug: false });
  expect(parse(stdout)[0]).toEqual({
    level: 30,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    fact: 1,
    name: 'Zoë "x"',
    msg: 'some info',
  });
  expect(status).toBe(7);
});

test('one-shots log to standard error', () => {
  const { stdout, stderr } = run({ to: 'stderr', verbose: true, debug: false });
  expect(stdout).toBe('');
  expect(stderr).toContain('"msg":"some info"');
});

test('a terminal gets readable lines without the facts', (context) => {
  const seen = onTerminal(context, { to: 'stdout', verbose: true, debug: false });
  expect(seen).toMatch(/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] INFO: some info\r?$/m);
  expect(seen).not.toContain('fact');
});

test('when debugging, a terminal gets the facts too', (context) => {
  const seen = onTerminal(context, { to: 'stdout', verbose: true, debug: true });
  expect(seen).toMatch(/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] DEBUG: some debug .*"fact":0/m);
});

test('a name cannot drive the terminal', (context) => {
  const seen = onTerminal(context, { to: 'stdout', verbose: true, debug: true }, [
    ['info', { station: 'a\u001b[2Jb' }, 'unknown "\u001b]0;title\u0007\u009b2J"'],
  ]);
  expect(seen).toContain('unknown "?]0;title??2J"');
  expect(seen).not.toMatch(/[\u001b\u0007\u009b]/); // eslint-disable-line no-control-regex
});

test('a reader that goes away does not end the program', async () => {
  const child = spawn(process.execPath, args({ to: 'stdout', verbose: true, debug: true }, LINES, 2_000));
  await once(child.stdout, 'readable');
  child.stdout.destroy();
  expect(await once(child, 'exit')).toEqual([7, null]);
});

test('a reader that stops reading does not hold the program up', async () => {
  const child = spawn(process.execPath, args({ to: 'stdout', verbose: true, debug: true }, LINES, 5_000));
  child.stdout.pause();
  const alive = once(child.stderr, 'data');
  expect(await once(child, 'exit')).toEqual([7, null]);
  expect(String((await alive)[0])).toBe('alive true\n');
});

test('a full disk does not end the program', (context) => {
  const file = join(smallDisk(context, 16_384), 'log');
  const { status } = spawnSync(
    process.execPath,
    args({ to: 'stdout', verbose: true, debug: true }, LINES, 500),
    {
      stdio: ['ignore', openSync(file, 'a'), 'ignore'],
    },
  );
  expect(status).toBe(7);
  expect(readFileSync(file, 'utf8')).toContain('some info');
});

test('every line is in the file at the end', () => {
  const file = join(tempDir(), 'log');
  spawnSync(process.execPath, args({ to: 'stdout', verbose: true, debug: true }, LINES, 1_000), {
    stdio: ['ignore', openSync(file, 'a'), 'ignore'],
  });
  expect(parse(readFileSync(file, 'utf8')).length).toBe(4_000);
});
