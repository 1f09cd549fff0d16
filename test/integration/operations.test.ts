import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startProgram, writeConfig, type Program, type ProgramProcess } from '../support/daemon.ts';
import { makeGalaxy, marketRows } from '../support/galaxy.ts';
import { runHere, startHere } from '../support/here.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { startRelay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const INSTANCE = 'data/tradedangerous-listener.instance.json';

function start(cwd: string, ...args: string[]): ProgramProcess {
  const program = startProgram({ cwd, args });
  onTestFinished(() => program.end());
  return program;
}

function runsHere(cwd: string, ...args: string[]): Program {
  const program = startHere({ cwd, args });
  onTestFinished(() => program.end());
  return program;
}

function readLog(file: string): string[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.filter((line) => line !== '').map((line) => (JSON.parse(line) as { msg: string }).msg);
}

describe('one daemon a data directory', () => {
  test('the second says who has it, and exits with 1', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { http_listen: null });
    const first = runsHere(cwd);
    await first.logged(/database:/);
    const { code, stderr } = await runHere({ cwd });
    expect(code).toBe(1);
    expect(stderr).toContain(`is in use by process ${process.pid} on ${hostname()} since `);
    expect(existsSync(join(cwd, INSTANCE))).toBe(true);
    first.kill('SIGTERM');
    expect((await first.exit).code).toBe(0);
    expect(existsSync(join(cwd, INSTANCE))).toBe(false);
  });

  test('after kill -9 of the first the second starts, with a warning', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { http_listen: null });
    const first = start(cwd);
    await first.logged(/database:/);
    first.kill('SIGKILL');
    await first.exit;
    const second = start(cwd);
    const { level } = await second.logged(/was left behind: process \d+ is gone; it is replaced/);
    expect(level).toBe(40);
    await second.logged(/database:/);
  });

  test('a one-shot leaves it alone', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { http_listen: null });
    const daemon = runsHere(cwd);
    await daemon.logged(/database:/);
    const before = readFileSync(join(cwd, INSTANCE), 'utf8');
    expect((await runHere({ cwd, args: ['purge'] })).code).toBe(0);
    expect(readFileSync(join(cwd, INSTANCE), 'utf8')).toBe(before);
  });

  test('status says who works there, and what it tells of itself', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { http_listen: '127.0.0.1:0' });
    const daemon = runsHere(cwd);
    const { url } = await daemon.logged(/http: http/);
    // Its writer has opened the database, and waits for work.
    await daemon.logged(/database:/);
    const port = Number(new URL(String(url)).port);
    writeConfig(cwd, { http_listen: `127.0.0.1:${port}` });
    const { code, stdout } = await runHere({ cwd, args: ['status'] });
    expect(code).toBe(0);
    expect(stdout).toContain(`is in use by process ${process.pid} on`);
    expect(stdout).toMatch(/^(ready|not ready: )/m);
    expect(stdout).toMatch(/^writer +idle, since \d{4}-/m);
    expect(stdout).not.toContain('guardian');
    const json = await runHere({ cwd, args: ['status', '--json'] });
    expect(JSON.parse(json.stdout)).toMatchObject({
      dataDir: join(cwd, 'data'),
      daemon: { pid: process.pid },
      import: null,
      status: { totals: { received: 0 } },
    });
  });

  test('status tells of an import', async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    const program = start(cwd, 'import', '-');
    const file = join(cwd, 'data/tradedangerous-listener.import.json');
    await until(() => existsSync(file));
    const { code, stdout } = await runHere({ cwd, args: ['status'] });
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^tdl import: process ${program.process.pid} on `, 'm'));
    const second = await runHere({ cwd, args: ['import', 'x.json'] });
    expect(second.stderr).toContain(`is in use by process ${program.process.pid}`);
    program.process.stdin.end('[\n]\n');
    await program.exit;
    expect(existsSync(file)).toBe(false);
  });

  test('status says that nobody does, and exits with 1', async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    expect(await runHere({ cwd, args: ['status'] })).toMatchObject({
      code: 1,
      stdout: `no daemon works on ${join(cwd, 'data')}\n`,
    });
  });

  test('a PID file elsewhere holds the number while it runs', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { http_listen: null });
    const file = join(cwd, 'tdl.pid');
    const daemon = runsHere(cwd, '--pid-file', file);
    await daemon.logged(/database:/);
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
    daemon.kill('SIGINT');
    await daemon.exit;
    expect(existsSync(file)).toBe(false);
  });
});

describe('SIGHUP', () => {
  test('puts in force what can be, names what takes a restart, and the feed goes on', async () => {
    const relay = await startRelay();
    onTestFinished(() => relay.close());
    const cwd = tempDir();
    const config = { eddn_url: relay.url, http_listen: null, whitelist: [{ software: 'Nobody' }] };
    writeConfig(cwd, config);
    const db = join(cwd, 'data/TradeDangerous.db');
    await makeGalaxy(db, ['Sol']);
    const daemon = runsHere(cwd);
    await relay.waitForSubscribers();
    await relay.publish(frame(commodityMessage()));

    writeConfig(cwd, { ...config, whitelist: [{ software: 'EDDiscovery' }], export_path: './other' });
    daemon.kill('SIGHUP');
    const told = await daemon.logged(/configuration read again: whitelist in force/);
    expect(told).toMatchObject({ live: ['whitelist'], needRestart: ['export_path'] });
    await daemon.logged(/configuration: export_path changed, which takes a restart/);

    await relay.publish(frame(commodityMessage()));
    await until(() => marketRows(db).length > 0);
    expect(daemon.log.filter(({ msg }) => /^feed .*(trying again|heard again)/.test(msg))).toEqual([]);
    daemon.kill('SIGTERM');
    const { code } = await daemon.exit;
    expect(code).toBe(0);
    const totals = daemon.log.findLast((line) => 'received' in line);
    expect(totals).toMatchObject({ received: 2, written: 1 });
  });

  test('a broken file changes nothing', async () => {
    const cwd = tempDir();
    const file = writeConfig(cwd, { http_listen: null });
    const daemon = runsHere(cwd);
    await daemon.logged(/database:/);
    writeFileSync(file, '{ broken');
    daemon.kill('SIGHUP');
    await daemon.logged(/the configuration stays as it was: .* is no valid configuration/);
    expect(readFileSync(file, 'utf8')).toBe('{ broken');
    daemon.kill('SIGTERM');
    expect((await daemon.exit).code).toBe(0);
  });

  test('changes what is logged', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { http_listen: null, log_level: 'warn' });
    const daemon = runsHere(cwd);
    await daemon.logged(/trying again/);
    expect(daemon.log.every(({ level }) => level >= 40)).toBe(true);
    writeConfig(cwd, { http_listen: null, log_level: 'debug' });
    daemon.kill('SIGHUP');
    await daemon.logged(/configuration read again: log_level in force/);
  });

  test('opens the log file anew', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { http_listen: null });
    const log = join(cwd, 'logs/tdl.log');
    const daemon = runsHere(cwd, '--log-file', 'logs/tdl.log');
    await until(() => readLog(log).some((msg) => msg.startsWith('database:')));
    renameSync(log, `${log}.1`);
    daemon.kill('SIGHUP');
    await until(() => readLog(log).some((msg) => msg.startsWith('configuration read again')));
    daemon.kill('SIGTERM');
    const { code, stdout } = await daemon.exit;
    expect(code).toBe(0);
    expect(stdout).toBe('');
    expect(readLog(log).at(-1)).toBe('stopped');
    expect(readLog(`${log}.1`)[0]).toMatch(/^tradedangerous-listener \d/);
  });
});

test('killed by a second signal, it has logged everything', async () => {
  const cwd = tempDir();
  writeConfig(cwd, { http_listen: null });
  const log = join(cwd, 'tdl.log');
  const daemon = start(cwd, '--log-file', log);
  await until(() => readLog(log).some((msg) => msg.startsWith('database:')));
  daemon.kill('SIGSTOP');
  daemon.kill('SIGTERM');
  daemon.kill('SIGINT');
  daemon.kill('SIGCONT');
  expect((await daemon.exit).code).toBe(1);
  expect(readLog(log).some((msg) => msg.includes('again: exiting at once'))).toBe(true);
  expect(existsSync(join(cwd, INSTANCE))).toBe(false);
});
