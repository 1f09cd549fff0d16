import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { acquireInstance, inspectInstance, type Owner } from '../../src/infra/process/instance-lock.ts';
import { writePidFile } from '../../src/infra/process/pid-file.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const CHILD = fileURLToPath(new URL('../support/instance-child.ts', import.meta.url));

interface Told {
  readonly owner?: Owner;
  readonly stale?: string | null;
  readonly error?: string;
}

/** A process that wants the file, and what it has to say. @param container it runs in one, as its first process */
async function contender(
  file: string,
  { container = false } = {},
): Promise<{ child: ChildProcessWithoutNullStreams; told: Told }> {
  const command = [process.execPath, CHILD, file, ...(container ? ['3000'] : [])];
  const child = container
    ? spawn('unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', ...command])
    : spawn(process.execPath, command.slice(1));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, told: JSON.parse(line) as Told };
}

async function acquire(file: string) {
  const instance = await acquireInstance(file, { name: dirname(file), advice: 'take another one' });
  onTestFinished(() => instance.release());
  return instance;
}

const newFile = () => join(tempDir(), 'data/instance.json');
const write = (file: string, owner: object) => writeFileSync(file, JSON.stringify(owner));

describe('a data directory in use', () => {
  test('is refused, and its owner is named', async () => {
    const file = newFile();
    const { owner } = await acquire(file);
    const { told } = await contender(file);
    expect(told.error).toBe(
      `${dirname(file)} is in use by process ${process.pid} on ${hostname()} since ${owner.since}`,
    );
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(owner);
  });

  test('is free again when its owner has ended in order', async () => {
    const file = newFile();
    const { child } = await contender(file);
    child.stdin.end();
    await once(child, 'exit');
    expect(existsSync(file)).toBe(false);
    expect((await acquire(file)).stale).toBeNull();
  });

  test('is taken over when its owner was killed', async () => {
    const file = newFile();
    const { child, told } = await contender(file);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await acquire(file)).stale).toBe(`process ${told.owner?.pid} is gone`);
  });

  test('in two containers of one name is refused to the second one, until the first has ended', async ({
    skip,
  }) => {
    if (spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status !== 0)
      skip('needs the right to make PID namespaces');
    const file = newFile();
    const { child, told } = await contender(file, { container: true });
    expect(told.owner).toMatchObject({ pid: 1, host: hostname() });
    // Its owner touches the file every 10 s: here, for a watch of 3 s, the test does.
    const touching = setInterval(() => utimesSync(file, new Date(), new Date()), 500);
    expect((await contender(file, { container: true })).told.error).toContain('is in use by process 1');
    child.kill('SIGKILL');
    await once(child, 'exit');
    clearInterval(touching);
    expect((await contender(file, { container: true })).told.stale).toContain(
      'has not been heard of for 3 s',
    );
  });

  test('of five that start at the same moment one gets it', async () => {
    const file = newFile();
    const all = await Promise.all(Array.from({ length: 5 }, () => contender(file)));
    expect(all.filter(({ told }) => told.owner !== undefined)).toHaveLength(1);
    expect(readdirSync(dirname(file))).toEqual(['instance.json']);
  });

  test('what was left by who was killed while he wrote it is removed', async () => {
    const file = newFile();
    (await acquire(file)).release();
    const others = ['instance.json.bak', 'other.json.00000000-0000-4000-8000-000000000000'];
    for (const name of [...others, 'instance.json.00000000-0000-4000-8000-000000000000'])
      writeFileSync(join(dirname(file), name), '{');
    (await acquire(file)).release();
    expect(readdirSync(dirname(file)).sort()).toEqual(others);
  });

  test('so it is when the last owner was killed', async () => {
    const file = newFile();
    const { child } = await contender(file);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const all = await Promise.all(Array.from({ length: 5 }, () => contender(file)));
    expect(all.filter(({ told }) => told.owner !== undefined)).toHaveLength(1);
  });
});

describe('whether an owner lives', () => {
  async function changed(change: Partial<Record<keyof Owner, unknown>>): Promise<string> {
    const file = newFile();
    const { owner, release } = await acquireInstance(file, {
      name: dirname(file),
      advice: 'take another one',
    });
    release();
    write(file, { ...owner, token: 'another', ...change });
    return file;
  }

  test("another user's process lives, although it may not be asked", async () => {
    // Process 1 is root's; as root, it may be asked.
    expect(await inspectInstance(await changed({ pid: 1, startTicks: null }))).toMatchObject({
      state: 'held',
    });
  });

  test('a process with the same number that was started later is another one', async () => {
    expect(await inspectInstance(await changed({ startTicks: '1' }))).toEqual({
      state: 'stale',
      reason: `process ${process.pid} is another program now`,
    });
  });

  test('nobody lives through a restart of the machine', async () => {
    const file = await changed({ bootId: 'before' });
    const beforeS = Date.now() / 1000 - uptime() - 60;
    utimesSync(file, beforeS, beforeS);
    expect(await inspectInstance(file)).toEqual({
      state: 'stale',
      reason: `process ${process.pid} ended when the machine was started anew`,
    });
  });

  test('one on another machine lives while it touches its file', async () => {
    const file = await changed({ host: 'elsewhere', pid: 2 ** 22 });
    expect(await inspectInstance(file)).toMatchObject({ state: 'held' });
    const longAgo = Date.now() / 1000 - 300;
    utimesSync(file, longAgo, longAgo);
    expect(await inspectInstance(file)).toMatchObject({
      state: 'stale',
      reason: expect.stringContaining('on elsewhere has not been heard of for 300 s'),
    });
  });

  test.each([
    ['in another container', { pidNamespace: 'pid:[1]' }],
    ['on another machine of the same name', { bootId: 'another' }],
  ])('one %s lives while it touches its file, whatever process has its number here', async (_, there) => {
    const file = await changed({ startTicks: '1', ...there });
    const place = { name: 'here', advice: 'take another one' };
    const touching = setInterval(() => utimesSync(file, new Date(), new Date()), 100);
    await expect(acquireInstance(file, place, 2_000)).rejects.toMatchObject({ code: 'instance.held' });
    clearInterval(touching);
    const watched: number[] = [];
    const watching = { ...place, onWatch: (_: Owner, watchMs: number) => void watched.push(watchMs) };
    const owned = readFileSync(file);
    const { stale, release } = await acquireInstance(file, watching, 1_000);
    release();
    expect(stale).toMatch(/^process \d+ on .* has not been heard of for 1 s$/);
    expect(watched).toEqual([1_000]);
    // Who owns one file owns others, and is waited for once.
    const another = join(dirname(file), 'another.json');
    writeFileSync(another, owned);
    (await acquireInstance(another, watching, 60_000)).release();
    expect(watched).toEqual([1_000]);
  });

  test('a time years ahead does not make it live for ever', async () => {
    const file = await changed({ host: 'elsewhere' });
    const aheadS = Date.now() / 1000 + 1e8;
    utimesSync(file, aheadS, aheadS);
    const place = { name: 'here', advice: 'take another one' };
    expect((await acquireInstance(file, place, 1_000)).stale).toContain('has not been heard of');
  });

  test.each(['', '{"pid"', '[]', 'null', '{}'])('a file that says "%s" has no owner', async (text) => {
    const file = await changed({});
    writeFileSync(file, text);
    expect(await inspectInstance(file)).toEqual({ state: 'stale', reason: 'it says nothing' });
  });
});

test('an owner touches its file every now and then, until it gives it back', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const file = newFile();
  const { release } = await acquireInstance(file, { name: dirname(file), advice: 'take another one' });
  for (let time = 1; time <= 2; time += 1) {
    utimesSync(file, 1, 1);
    vi.advanceTimersByTime(10_000);
    await until(() => statSync(file).mtimeMs > Date.now() - 60_000);
  }
  release();
  expect(vi.getTimerCount()).toBe(0);
});

test('an owner does not remove the file of the next one', async () => {
  const file = newFile();
  const { owner, release } = await acquireInstance(file, { name: dirname(file), advice: 'take another one' });
  write(file, { ...owner, token: 'another' });
  release();
  expect(existsSync(file)).toBe(true);
});

test('a directory that cannot be written is told', async () => {
  const file = join(tempDir(), 'file');
  writeFileSync(file, '');
  await expect(
    acquireInstance(join(file, 'instance.json'), { name: file, advice: 'take another one' }),
  ).rejects.toMatchObject({
    code: 'instance.notWritable',
  });
});

describe('a PID file', () => {
  const pidFile = () => join(tempDir(), 'tdl.pid');

  test('holds the number and nothing else, until it is removed', () => {
    const file = pidFile();
    const remove = writePidFile(file);
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
    remove();
    expect(existsSync(file)).toBe(false);
  });

  test('of a living process is left alone', () => {
    const file = pidFile();
    writeFileSync(file, `${process.ppid}\n`);
    expect(() => writePidFile(file)).toThrow(`${file} is the PID file of process ${process.ppid}`);
    expect(readFileSync(file, 'utf8')).toBe(`${process.ppid}\n`);
  });

  test.each(['4194304\n', 'nonsense', ''])('that says "%s" is replaced', (text) => {
    const file = pidFile();
    writeFileSync(file, text);
    writePidFile(file);
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
  });

  test('written before its process was started is replaced', () => {
    const file = pidFile();
    writeFileSync(file, `${process.ppid}\n`);
    utimesSync(file, 1, 1);
    writePidFile(file);
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
  });

  test('written a moment before another process got its number is replaced, one written after it not', () => {
    const file = pidFile();
    const other = spawn('sleep', ['60']);
    onTestFinished(() => void other.kill());
    const startedS = Date.now() / 1000;
    writeFileSync(file, `${other.pid}\n`);
    expect(() => writePidFile(file)).toThrow('is the PID file of process');
    utimesSync(file, startedS - 5, startedS - 5);
    writePidFile(file);
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
  });

  test('that belongs to somebody else by now is not removed', () => {
    const file = pidFile();
    const remove = writePidFile(file);
    writeFileSync(file, '1\n');
    remove();
    expect(readFileSync(file, 'utf8')).toBe('1\n');
  });
});
