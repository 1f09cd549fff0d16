import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  runProgram,
  startProgram,
  writeConfig,
  type Program,
  type ProgramOptions,
} from '../support/daemon.ts';
import { expectedListing, makeGalaxy, marketRows } from '../support/galaxy.ts';
import { runHere, startHere } from '../support/here.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { startRelay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const CONFIG = 'tradedangerous-listener-config.json';

function start<P extends Program>(startIt: (options: ProgramOptions) => P, options: ProgramOptions): P {
  const program = startIt(options);
  onTestFinished(() => program.end());
  return program;
}

describe('the daemon without a network', () => {
  test('starts, says what it cannot reach, goes on, and stops with exit 0', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { edcd_source: 'http://127.0.0.1:9/nothing' });
    const program = start(startProgram, { cwd });
    await Promise.all([
      program.logged(/catalogue: 398 commodities, as known before; source not reached: .*127\.0\.0\.1:9/),
      program.logged(/feed tcp:\/\/127\.0\.0\.1:1: no connection; trying again/),
      program.logged(/database: .*TradeDangerous\.db .*new/),
    ]);
    program.kill('SIGTERM');
    const { code, stderr } = await program.exit;
    expect(code).toBe(0);
    expect(stderr).toBe('');
  });

  test('hears the relay when it comes, and again after it was away', async () => {
    const relay = await startRelay();
    onTestFinished(() => relay.close());
    const cwd = tempDir();
    writeConfig(cwd, { eddn_url: relay.url, listener_processor_rate_every: 1 });
    await makeGalaxy(join(cwd, 'data/TradeDangerous.db'), ['Sol']);
    const program = start(startHere, { cwd });
    await relay.waitForSubscribers();
    relay.close();
    await relay.restart();
    await relay.waitForSubscribers();
    await relay.publish(frame(commodityMessage()));
    await until(() => marketRows(join(cwd, 'data/TradeDangerous.db')).length > 0);
    program.kill('SIGINT');
    expect((await program.exit).code).toBe(0);
  });

  test('says once that the feed is connected and that a market was written; at debug, who was refused', async () => {
    const relay = await startRelay();
    onTestFinished(() => relay.close());
    const cwd = tempDir();
    writeConfig(cwd, { eddn_url: relay.url });
    await makeGalaxy(join(cwd, 'data/TradeDangerous.db'), ['Sol']);
    const program = start(startHere, { cwd, args: ['--no-update', '--log-level', 'debug'] });
    await relay.waitForSubscribers();
    const stranger = { softwareName: 'Unheard Of', softwareVersion: '0.9' };
    await relay.publish(frame(commodityMessage({ header: stranger })));
    await relay.publish(frame(commodityMessage({ marketId: 1 })));
    await program.logged(/^the first market is in the database$/);
    await relay.publish(frame(commodityMessage({ marketId: 2 })));
    const rows = new Set<unknown>();
    await until(() => {
      for (const row of marketRows(join(cwd, 'data/TradeDangerous.db'))) rows.add(row.station_id);
      return rows.size === 2;
    });
    const refusal = await program.logged(/^rejected: software not whitelisted$/);
    expect(refusal.detail).toMatch(/^Unheard Of 0\.9: market /);
    program.kill('SIGINT');
    await program.exit;
    const texts = program.log.map(({ msg }) => msg);
    expect(texts.filter((text) => text.endsWith(': connected'))).toEqual([`feed ${relay.url}: connected`]);
    expect(texts.filter((text) => text.includes('first market'))).toHaveLength(1);
  });
});

describe('signals', () => {
  test('a second signal exits at once with 1', async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    const program = start(startProgram, { cwd });
    await program.logged(/database:/);
    // Paused between the two, so that both are there before the first has been acted on.
    program.kill('SIGSTOP');
    program.kill('SIGTERM');
    program.kill('SIGINT');
    program.kill('SIGCONT');
    expect((await program.exit).code).toBe(1);
  });

  test('what was accepted a moment before SIGTERM is written', async () => {
    const relay = await startRelay();
    onTestFinished(() => relay.close());
    const cwd = tempDir();
    const database = join(cwd, 'data/TradeDangerous.db');
    writeConfig(cwd, { eddn_url: relay.url });
    await makeGalaxy(database, ['Sol']);
    await runHere({ cwd, args: ['replay', emptyFile(cwd)] }); // fills the commodity cache
    const program = start(startHere, { cwd });
    await relay.waitForSubscribers();
    for (let i = 1; i <= 200; i += 1) await relay.publish(frame(commodityMessage({ marketId: i })));
    await sleep(120);
    program.kill('SIGTERM');
    const { code } = await program.exit;
    // The last line before the end tells what was accepted.
    const accepted = program.log.findLast((line) => 'accepted' in line)?.accepted;
    expect(code).toBe(0);
    expect(new Set(marketRows(database).map((row) => row.station_id)).size).toBe(accepted);
  });
});

describe('one-shots', () => {
  test('work while a daemon runs on the same database', async () => {
    const relay = await startRelay();
    onTestFinished(() => relay.close());
    const cwd = tempDir();
    const database = join(cwd, 'data/TradeDangerous.db');
    writeConfig(cwd, { eddn_url: relay.url });
    await makeGalaxy(database, ['Sol']);
    start(startHere, { cwd });
    await relay.waitForSubscribers();
    for (let i = 1; i <= 20; i += 1) await relay.publish(frame(commodityMessage({ marketId: i })));
    await until(() => marketRows(database).length >= 40);

    const stats = await runProgram({ cwd, args: ['--stats'] });
    expect(stats).toMatchObject({ code: 0, stderr: '' });
    expect(stats.stdout).toBe(
      'StationItem: 40 rows of 20 stations, live 40 rows of 20 stations, newest 2026-05-01 12:00:00 UTC\n',
    );
    for (const [flag, file, live] of [
      ['--export-live-now', 'listings-live.csv', true],
      ['--export-dump-now', 'listings.csv', false],
    ] as const) {
      const { code, stdout } = await runHere({ cwd, args: [flag] });
      expect(code).toBe(0);
      expect(stdout).toMatch(/: 40 rows of 20 stations, \d+ bytes/);
      expect(readFileSync(join(cwd, 'tmp', file), 'utf8')).toBe(expectedListing(marketRows(database), live));
    }
  });

  test.each([
    [['--nonsense'], /unknown option '--nonsense'/],
    [['replay'], /missing required argument 'FILE'/],
    [['fly'], /unknown command "fly"/],
    [['--stats', '--export-live-now'], /cannot be used with option '--export-live-now'/],
  ])('wrong usage %j is one clear line, exit 2', async (args, message) => {
    const { code, stderr } = await runProgram({ cwd: tempDir(), args });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('--help and --version need no configuration and leave nothing behind', async () => {
    const cwd = tempDir();
    expect((await runProgram({ cwd, args: ['--help'] })).stdout).toMatch(
      /^Usage: tdl \[options\] \[command\]\n/,
    );
    expect((await runProgram({ cwd, args: ['--version'] })).stdout).toMatch(
      /^tradedangerous-listener \d+\.\d+\.\d+\n$/,
    );
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('set-up', () => {
  test('writes the defaults on the first run', async () => {
    const cwd = tempDir();
    await runHere({ cwd, args: ['--export-live-now'] });
    expect(JSON.parse(readFileSync(join(cwd, CONFIG), 'utf8'))).toMatchObject({ export_live_every_x_min: 5 });
    expect(existsSync(join(cwd, 'data/TradeDangerous.db'))).toBe(true);
  });

  test('a configuration that is no JSON is kept aside, a fresh one written, exit 2', async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, CONFIG), '{"verbose": tru');
    const { code, stderr } = await runHere({ cwd, args: ['--export-live-now'] });
    expect(code).toBe(2);
    expect(stderr).toMatch(/broken/);
    expect(readdirSync(cwd).some((name) => name.startsWith(`${CONFIG}.broken.`))).toBe(true);
    expect(JSON.parse(readFileSync(join(cwd, CONFIG), 'utf8'))).toHaveProperty('whitelist');
  });

  test('a database that is not of Trade Dangerous is left alone, exit 2', async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    const database = join(cwd, 'data/TradeDangerous.db');
    await makeGalaxy(database, []);
    rmSync(database);
    const { DatabaseSync } = await import('node:sqlite');
    const db = new DatabaseSync(database);
    db.exec('CREATE TABLE recipes (name TEXT)');
    db.close();
    const program = start(startHere, { cwd });
    const { code } = await program.exit;
    expect(code).toBe(2);
    expect(program.log.some(({ level, msg }) => level === 50 && msg.includes('Trade Dangerous'))).toBe(true);
  });

  test('deferred artificially, every station is written in the end', async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    const database = join(cwd, 'data/TradeDangerous.db');
    await makeGalaxy(database, ['Sol']);
    const lines = Array.from({ length: 60 }, (_, i) => JSON.stringify(commodityMessage({ marketId: i + 1 })));
    writeFileSync(join(cwd, 'some.jsonl'), lines.join('\n'));
    const { code } = await runHere({
      cwd,
      args: ['replay', 'some.jsonl'],
      env: { TDL_TEST_FORCE_DEFER_EVERY_N: '3' },
    });
    expect(code).toBe(0);
    expect(new Set(marketRows(database).map((row) => row.station_id)).size).toBe(60);
  });

  test('diagnostics tell of refused messages, as JSON lines', async () => {
    const cwd = tempDir();
    writeConfig(cwd, { listener_diag: true });
    writeFileSync(join(cwd, 'one.jsonl'), JSON.stringify(commodityMessage({ marketId: undefined })));
    await runHere({ cwd, args: ['replay', 'one.jsonl'] });
    const lines = readFileSync(join(cwd, 'tmp/listener_diag.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ event: 'debug', reason: 'no market id' }),
    );
  });
});

function emptyFile(cwd: string): string {
  const file = join(cwd, 'empty.jsonl');
  writeFileSync(file, '');
  return file;
}
