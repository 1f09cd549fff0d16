import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { CHROMIUM, openPage, says, textOf, textsOf, useBrowser } from '../support/browser.ts';
import { writeConfig } from '../support/daemon.ts';
import { makeGalaxy, marketRows } from '../support/galaxy.ts';
import { ask } from '../support/http.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { startPortal, type PortalWorld } from '../support/portal-world.ts';
import { startRelay } from '../support/relay.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const EXAMPLES = join(ROOT, 'docs/examples');
const run = promisify(execFile);

function has(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env.CI !== undefined) throw new Error(`CI needs ${program}`);
    console.log(`skipped: an example needs ${program}`);
    return false;
  }
}

interface Entry {
  readonly marketId: number;
  readonly name: string;
  readonly systemName: string;
  readonly buyPrice?: number;
}

describe('clients', () => {
  useBrowser();
  let world: PortalWorld;
  beforeAll(async () => (world = await startPortal()));
  afterAll(() => world.stop());

  const env = () => ({ ...process.env, TDL_URL: world.url });
  const answer = async <T>(path: string) =>
    JSON.parse((await ask(`${world.url}/api/v1${path}`)).bytes.toString()) as T;

  test.runIf(has('curl'))('sellers.sh', async () => {
    const { stdout } = await run('sh', [join(EXAMPLES, 'sellers.sh'), 'gold'], { env: env() });
    const { entries } = JSON.parse(stdout) as { entries: Entry[] };
    const prices = entries.map(({ buyPrice }) => buyPrice!);
    expect(prices).toHaveLength(5);
    expect(prices).toEqual(prices.toSorted((a, b) => a - b));
    const wrong = run('sh', [join(EXAMPLES, 'sellers.sh'), 'gold', 'Nowhere'], { env: env() });
    await expect(wrong).rejects.toMatchObject({ stdout: '{"error":"no system is named Nowhere"}' });
  });

  test.runIf(has('python3'))('stale.py', async () => {
    const { stdout } = await run('python3', [join(EXAMPLES, 'stale.py'), 'Sol', '60'], { env: env() });
    const { total } = await answer<{ total: number }>('/freshness/stale?near=Sol&within=60&limit=1');
    const lines = stdout.trimEnd().split('\n');
    // More than a page; markets go on being written meanwhile.
    expect(total).toBeGreaterThan(100);
    expect(Math.abs(lines.length - total)).toBeLessThan(30);
    expect(lines[0]).toMatch(/^ {5}never {2} ( |\d)\d\.\d ly {2}.+\/.+$/);
    expect(lines.at(-1)).toMatch(/\d days/);
    const wrong = run('python3', [join(EXAMPLES, 'stale.py'), 'Nowhere'], { env: env() });
    await expect(wrong).rejects.toMatchObject({ code: 1, stderr: 'no system is named Nowhere\n' });
  });

  test('hops.mjs', async () => {
    const { entries } = await answer<{ entries: Entry[] }>('/freshness/recent?limit=1');
    const id = String(entries[0]?.marketId);
    const { stdout } = await run(process.execPath, [join(EXAMPLES, 'hops.mjs'), id, '60'], { env: env() });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line).toMatch(/^\d+ cr\/t {2}.+ to .+\/.+, \d+\.\d ly, \d+ h old$/);
    await expect(
      run(process.execPath, [join(EXAMPLES, 'hops.mjs'), '5'], { env: env() }),
    ).rejects.toMatchObject({
      stderr: 'no station has the market id 5\n',
    });
  });

  test.skipIf(CHROMIUM === null)('market.html, from a site of its own', async () => {
    const site = createServer((_request, reply) => {
      reply.setHeader('content-type', 'text/html').end(readFileSync(join(EXAMPLES, 'market.html')));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void site.close());
    await once(site, 'listening');
    const { port } = site.address() as AddressInfo;
    const { entries } = await answer<{ entries: Entry[] }>('/freshness/recent?limit=1');
    const { marketId, name, systemName } = entries[0]!;
    const address = (id: number) => `http://127.0.0.1:${port}/?id=${id}&url=${world.url}`;
    const { page, complaints } = await openPage(address(marketId));
    await says(page, '#seen', 'seen ');
    expect(await textOf(page, 'h1')).toBe(`${systemName}/${name}`);
    const { rows } = await answer<{ rows: Entry[] }>(`/markets/${marketId}`);
    expect(await textsOf(page, 'tbody td:first-child')).toEqual(rows.map((row) => row.name));
    expect(complaints).toEqual([]);
    await page.goto(address(5));
    await says(page, '#seen', 'no station has the market id 5');
  });
});

const TSC = join(ROOT, 'node_modules/typescript7/bin/tsc');
/** Built anew is what has changed since the last time. */
const BUILT = join(ROOT, 'node_modules/.cache/built');

/** The package as it is published, beside a program of others in a directory. */
function install(cwd: string): void {
  const home = join(cwd, 'node_modules/tradedangerous-listener');
  mkdirSync(home, { recursive: true });
  execFileSync(process.execPath, [
    TSC,
    '-p',
    join(ROOT, 'tsconfig.build.json'),
    ...['--outDir', BUILT, '--incremental', '--tsBuildInfoFile', join(BUILT, 'tsbuildinfo')],
    // `npm run typecheck` does: here it is half of what this costs.
    '--noCheck',
  ]);
  cpSync(BUILT, join(home, 'dist'), { recursive: true });
  for (const part of ['package.json', 'src/pages'])
    cpSync(join(ROOT, part), join(home, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));
  cpSync(join(EXAMPLES, 'embed.mjs'), join(cwd, 'embed.mjs'));
}

describe('embedding', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'tdl-'));
  beforeAll(() => install(cwd));
  afterAll(() => rmSync(cwd, { recursive: true }));

  test('embed.mjs runs the daemon in its own process, and ends with it in order', async () => {
    const relay = await startRelay();
    onTestFinished(() => relay.close());
    const directory = join(cwd, 'here');
    writeConfig(directory, { eddn_url: relay.url, http_listen: '127.0.0.1:0' });
    const file = join(directory, 'data/TradeDangerous.db');
    const station = { id: 128_000_001, name: 'Abraham Lincoln', system: 'Sol' };
    await makeGalaxy(file, ['Sol'], [station]);

    const child = execFile(process.execPath, ['embed.mjs', directory], { cwd });
    let told = '';
    child.stdout?.on('data', (text: string) => (told += text));
    let errors = '';
    child.stderr?.on('data', (text: string) => (errors += text));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    onTestFinished(() => void child.kill('SIGKILL'));
    await expect.poll(() => told).toMatch(/^answers at http:\/\/127\.0\.0\.1:\d+\n/);
    const url = /http\S+/.exec(told)![0];
    expect((await ask(`${url}/health`)).status).toBe(200);

    await relay.waitForSubscribers();
    const message = commodityMessage({ marketId: station.id, stationName: station.name, systemName: 'Sol' });
    await relay.publish(frame(message));
    await expect.poll(() => told).toMatch(/1 messages, 1 markets written/);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(told).toMatch(/\nended in order\n$/);
    expect(errors).toBe('');
    expect(marketRows(file).length).toBeGreaterThan(0);
  });

  test('its types are those a program in TypeScript sees', () => {
    writeFileSync(
      join(cwd, 'host.mts'),
      `import { createDaemon, type Daemon, type Health, type Status } from 'tradedangerous-listener';
       const daemon: Daemon = await createDaemon({ directory: '.', env: { TD_DATA: 'x' }, update: false });
       await daemon.start();
       const health: Health | null = daemon.health();
       const status: Status | null = daemon.status();
       const numbers: (number | undefined)[] = [status?.totals.written, health?.uptimeS, status?.files[0]?.ageS];
       const failure: string | null = await daemon.stop();
       // @ts-expect-error there is no such option
       await createDaemon({ folder: '.' });
       console.log(numbers, failure, daemon.url, await daemon.ended);`,
    );
    const options = '--noEmit --strict --module nodenext --target es2024 --types node --typeRoots'.split(' ');
    const said = execFileSync(
      process.execPath,
      [TSC, ...options, join(ROOT, 'node_modules/@types'), '--skipLibCheck', 'host.mts'],
      { cwd, encoding: 'utf8' },
    );
    expect(said).toBe('');
  });
});
