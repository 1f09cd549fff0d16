import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startProgram, writeConfig } from '../support/daemon.ts';
import { makeGalaxy } from '../support/galaxy.ts';
import { runHere } from '../support/here.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { startRelay, type Relay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';

const STRANGER = { softwareName: 'Nobody knows it' };
/** Time, system and station, rows, software. */
const LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}.+ \/ .+ {2}\d+ rows {2}\S/;

async function relayForTest(): Promise<Relay> {
  const relay = await startRelay();
  onTestFinished(() => relay.close());
  return relay;
}

describe('sample', () => {
  test('shows so many accepted markets and ends with 0; refused ones are not shown', async () => {
    const relay = await relayForTest();
    const cwd = tempDir();
    writeConfig(cwd, { eddn_url: relay.url });
    const program = startProgram({ cwd, args: ['sample', '--count', '2'] });
    await relay.waitForSubscribers();
    await relay.publish(frame(commodityMessage({ marketId: 1, header: STRANGER })));
    for (const marketId of [2, 3, 4]) await relay.publish(frame(commodityMessage({ marketId })));
    const { code, stdout, stderr } = await program.exit;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(LINE);
    expect(existsSync(join(cwd, 'data/TradeDangerous.db'))).toBe(false);
  });

  test('ends with 1 when the time is over, and says what came instead', async () => {
    const relay = await relayForTest();
    const cwd = tempDir();
    writeConfig(cwd, { eddn_url: relay.url });
    const program = startProgram({ cwd, args: ['sample', '--count', '1', '--timeout', '3'] });
    await relay.waitForSubscribers();
    await relay.publish(frame(commodityMessage({ marketId: 1, header: STRANGER })));
    const { code, stderr } = await program.exit;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^0 of 1 markets in 3 s .*refused: 1 software not whitelisted .*--timeout/);
  });

  test('tells a relay that is not there', async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    const { code, stderr } = await runHere({ cwd, args: ['sample', '--timeout', '0.5'] });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^0 of 10 markets in 0\.5 s from tcp:\/\/127\.0\.0\.1:1; .*not reached: check eddn_url/,
    );
  });
});

describe('check-config', () => {
  /** Exit code, and findings as `level about`. */
  async function check(cwd: string, env: Record<string, string> = {}) {
    const { code, stdout, stderr } = await runHere({ cwd, args: ['check-config'], env });
    expect(stderr).toBe('');
    const lines = stdout.trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^(ok {2}|warn|fail) {2}[^:]+: \S/);
    return { code, lines, told: (start: string) => lines.filter((line) => line.startsWith(start)) };
  }

  /** Everything is well. */
  async function goodSetup(overrides: Record<string, unknown> = {}): Promise<string> {
    const relay = await relayForTest();
    const cwd = tempDir();
    const dump = join(cwd, 'galaxy.json');
    writeFileSync(dump, '[\n]\n');
    writeConfig(cwd, { eddn_url: relay.url, spansh_url: dump, ...overrides });
    return cwd;
  }

  test('says ok to everything that is well, makes nothing, and ends with 0', async () => {
    const cwd = await goodSetup();
    const before = readdirSync(cwd);
    const { code, lines } = await check(cwd);
    expect(lines.filter((line) => !line.startsWith('ok'))).toEqual([]);
    expect(code).toBe(0);
    expect(lines.map((line) => /^ok {4}([^:]+)/.exec(line)?.[1])).toEqual([
      ...[
        'configuration',
        'credentials',
        'path',
        'path',
        'database',
        'public files',
        'http',
        'relay',
        'EDCD',
        'Spansh',
      ],
    ]);
    expect(readdirSync(cwd)).toEqual(before);
  });

  test('opens the database that is there', async () => {
    const cwd = await goodSetup();
    await makeGalaxy(join(cwd, 'data/TradeDangerous.db'), ['Sol'], [], 'v13');
    const { told } = await check(cwd);
    expect(told('ok    database')[0]).toMatch(/TradeDangerous\.db \(SQLite [\d.]+\), v13$/);
  });

  test('refuses a database that is none, of the wrong generation, or away', async () => {
    const cwd = await goodSetup({ contract: 'v12' });
    const file = join(cwd, 'data/TradeDangerous.db');
    await makeGalaxy(file, [], [], 'v13');
    expect((await check(cwd)).told('fail')).toEqual([
      expect.stringMatching(/database: .*v13 database, but contract is v12/),
    ]);
    for (const name of readdirSync(join(cwd, 'data'))) rmSync(join(cwd, 'data', name));
    writeFileSync(file, 'This is not a database, however long it is. '.repeat(50));
    expect((await check(cwd)).told('fail')).toEqual([
      expect.stringMatching(/database: .*TradeDangerous\.db/),
    ]);
    writeFileSync(join(cwd, 'db.ini'), '[database]\nbackend = mariadb\n[mariadb]\nport = 1\npassword = x\n', {
      mode: 0o600,
    });
    const { code, told } = await check(cwd, { TD_DB_CONFIG: 'db.ini' });
    expect(told('fail')).toEqual([expect.stringMatching(/database: .*127\.0\.0\.1:1/)]);
    expect(code).toBe(1);
  });

  test('warns of a password others may read', async () => {
    const cwd = await goodSetup();
    const ini = join(cwd, 'db.ini');
    writeFileSync(ini, '[database]\nbackend = mariadb\n[mariadb]\nport = 1\npassword = x\n');
    chmodSync(ini, 0o644);
    expect((await check(cwd, { TD_DB_CONFIG: ini })).told('warn')).toEqual([
      expect.stringMatching(/credentials: .*chmod 600/),
    ]);
  });

  test('warns of values that make no sense and of sources away, and ends with 0', async () => {
    const cwd = await goodSetup({
      export_live_every_x_min: 'often',
      edcd_source: 'http://127.0.0.1:9/none',
      spansh_url: 'http://127.0.0.1:9/none.json',
    });
    const { code, told } = await check(cwd);
    expect(told('warn')).toEqual([
      expect.stringMatching(/configuration: .*export_live_every_x_min is "often"; allowed/),
      expect.stringMatching(/EDCD: .*127\.0\.0\.1:9.*edcd_source/),
      expect.stringMatching(/Spansh: .*127\.0\.0\.1:9.*spansh_url/),
    ]);
    expect(code).toBe(0);
  });

  test('fails on a relay away and on a path in the way', async () => {
    const cwd = await goodSetup({ eddn_url: 'tcp://127.0.0.1:1', export_path: 'galaxy.json/export' });
    const { code, told } = await check(cwd);
    expect(told('fail')).toEqual([
      expect.stringMatching(/path: .*galaxy\.json is no directory/),
      expect.stringMatching(
        /relay: tcp:\/\/127\.0\.0\.1:1 does not answer: nothing listens there \(check eddn_url/,
      ),
    ]);
    expect(code).toBe(1);
  });

  test.each(['tcp://[::1]:1', 'ipc:///no/relay'])('says at once that nobody is at %s', async (url) => {
    const { code, told } = await check(await goodSetup({ eddn_url: url }));
    expect(told('fail')).toEqual([expect.stringMatching(/^fail +relay: \S+ does not answer: \S+.* \(check/)]);
    expect(code).toBe(1);
  });

  test('warns of a port that is taken, fails on an address that is not ours', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const cwd = await goodSetup({ http_listen: `127.0.0.1:${port}` });
    expect((await check(cwd)).told('warn')).toEqual([expect.stringMatching(/http: .* is taken/)]);
    const elsewhere = await goodSetup({ http_listen: '192.0.2.1:8390' });
    expect((await check(elsewhere)).told('fail')).toEqual([expect.stringMatching(/http: .*EADDRNOTAVAIL/)]);
  });

  test('leaves a broken file alone', async () => {
    const cwd = tempDir();
    const file = join(cwd, 'tradedangerous-listener-config.json');
    writeFileSync(file, '{"verbose": tru');
    const { code, told } = await check(cwd);
    expect(told('fail')).toEqual([
      expect.stringMatching(/configuration: .*no valid configuration.*repair it/),
    ]);
    expect(code).toBe(1);
    expect(readdirSync(cwd)).toEqual(['tradedangerous-listener-config.json']);
  });
});
