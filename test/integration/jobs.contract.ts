import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { DescribedJob } from '../../src/domain/jobs/job.ts';
import type { JobLogLine } from '../../src/domain/ports/upkeep/jobs.ts';
import { callControl } from '../../src/infra/control/client.ts';
import { startProgram, writeConfig, type Program } from '../support/daemon.ts';
import { runHere } from '../support/here.ts';
import { commodityMessage } from '../support/messages.ts';
import { dump } from '../support/spansh-world.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const FILES = 30;
const MARKETS_A_FILE = 20;

/** A database in which the system Sol is, and nothing else. */
export interface JobDatabase {
  readonly env: Readonly<Record<string, string>>;
  /** How many markets have rows. */
  readonly markets: () => Promise<number>;
}

const message = (marketId: number, systemName = 'Sol') =>
  `${JSON.stringify(commodityMessage({ marketId, systemName }))}\n`;

/** A process that somebody has just started may become another one yet. */
const NEW_MS = 2_000;

/** Process ids of this daemon's jobs: asked for ten times a second. */
function jobsIn(cwd: string): () => number[] {
  /** Those of others, by when they were seen first. */
  const strangers = new Map<string, number>();
  return () => {
    const found: number[] = [];
    const all = new Set(readdirSync('/proc').filter((name) => /^\d+$/.test(name)));
    for (const pid of strangers.keys()) if (!all.has(pid)) strangers.delete(pid);
    const now = performance.now();
    for (const pid of all) {
      const since = strangers.get(pid) ?? now;
      if (now - since > NEW_MS) continue;
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        if (!environment.includes(`JOBS_TEST=${cwd}`)) {
          strangers.set(pid, since);
          continue;
        }
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        if (words.includes('run-job')) found.push(Number(pid));
      } catch {
        // It has just ended.
      }
    }
    return found;
  };
}

async function world(create: (cwd: string) => Promise<JobDatabase>) {
  const cwd = tempDir();
  writeConfig(cwd);
  const database = await create(cwd);
  const env = { ...database.env, JOBS_TEST: cwd };
  const daemons: Program[] = [];
  onTestFinished(async () => {
    for (const daemon of daemons) daemon.kill('SIGKILL');
    await Promise.all(daemons.map(({ exit }) => exit));
  });
  const socket = join(cwd, 'data/tradedangerous-listener.sock');
  const ask = (method: string, params = {}) => callControl(socket, method, params);
  return {
    ...{ cwd, env, database, running: jobsIn(cwd) },
    tdl: (...args: string[]) => runHere({ cwd, env, args }),
    begin: async () => {
      const daemon = startProgram({ cwd, env });
      daemons.push(daemon);
      await daemon.logged(/^database:/);
      return daemon;
    },
    jobs: async () => (await ask('jobs.list')) as DescribedJob[],
    job: async (id: string) => (await ask('jobs.inspect', { id })) as DescribedJob,
    log: async (id: string) => {
      const lines = (await ask('jobs.logs', { id })) as JobLogLine[];
      return lines.map(({ msg }) => `${msg}\n`).join('');
    },
  };
}

type Create = (cwd: string) => Promise<JobDatabase>;

/** Jobs as users have them: real daemons, real processes, a real database. */
export function survivalContract(create: Create): void {
  test('killed at random, the daemon and the job, a job is done in the end and never runs twice side by side', async () => {
    const { cwd, database, running, tdl, begin, job, log } = await world(create);
    mkdirSync(join(cwd, 'eddn'));
    for (let file = 1; file <= FILES; file++) {
      const lines = Array.from({ length: MARKETS_A_FILE }, (_, i) => message(file * 1_000 + i));
      writeFileSync(join(cwd, `eddn/${String(file).padStart(2, '0')}.jsonl`), lines.join(''));
    }
    let most = 0;
    // A process takes several times as long to start.
    const watch = setInterval(() => (most = Math.max(most, running().length)), 100);
    onTestFinished(() => clearInterval(watch));
    const written = (markets: number) => until(async () => (await database.markets()) >= markets, 50);

    let daemon = await begin();
    const created = await tdl('jobs', 'create', 'replay', 'eddn');
    expect(created).toMatchObject({ code: 0, stderr: '' });
    const id = created.stdout.trim();
    await written(1);
    for (const pid of running()) process.kill(pid, 'SIGKILL');
    await until(async () => (await log(id)).includes('ended by SIGKILL; begins again in 1 s (restart 1)'));
    const before = await database.markets();
    await written(before + MARKETS_A_FILE);
    daemon.kill('SIGKILL');
    await daemon.exit;
    daemon = await begin();
    // On a slow machine it may have come to its end before its daemon was killed.
    await until(async () => running().length > 0 || (await job(id)).state === 'stopped');
    daemon.kill('SIGTERM');
    expect((await daemon.exit).code).toBe(0);
    expect(running()).toEqual([]);

    daemon = await begin();
    await until(async () => (await job(id)).state === 'stopped', 200);
    expect(await job(id)).toMatchObject({ exitCode: 0, reason: 'done', restarts: 1 });
    expect(await database.markets()).toBe(FILES * MARKETS_A_FILE);
    expect(most).toBe(1);
    expect(await log(id)).toMatch(/received +\d+\n/);
    const shown = await tdl('jobs', 'show', id);
    expect(shown.stdout).toMatch(/^state +stopped$[^]*^restart +on-failure, 1 of at most 5 so far$/m);
    // A job whose daemon was killed may need a moment to notice.
    expect((await tdl('jobs', 'logs', id, '--level', 'warn')).stdout).toMatch(
      /^(\S+ warn +process \d+ of an earlier life still runs: waiting\n)?$/,
    );
    // What a kill leaves.
    for (const name of ['instance.json', 'instance.json.00000000-0000-4000-8000-000000000000'])
      writeFileSync(join(cwd, `data/tradedangerous-listener-jobs/${id}.${name}`), '{');
    expect((await tdl('jobs', 'remove', id)).code).toBe(0);
    daemon.kill('SIGTERM');
    expect((await daemon.exit).code).toBe(0);
    expect(readdirSync(join(cwd, 'data/tradedangerous-listener-jobs'))).toEqual(['home']);
  });
}

/** Commands beside a daemon. */
export function oneShotContract(create: Create): void {
  test('a replay beside a daemon is its job; what it parks, the daemon keeps', async () => {
    const { cwd, database, running, tdl, jobs, begin, env } = await world(create);
    const daemon = await begin();
    writeFileSync(join(cwd, 'day.jsonl'), message(1) + message(2, 'Nowhere'));
    const replay = await tdl('replay', 'day.jsonl');
    expect(replay.stderr).toMatch(
      new RegExp(`^process ${daemon.process.pid} works here, and does this as job \\w{8}: Ctrl-C stops it`),
    );
    expect(replay.stdout).toMatch(/^received +2\n +commodity: 2\nwritten +1 \(2 rows\)\n[^]*ever parked 1\n/);
    expect(replay.code).toBe(0);
    expect(await database.markets()).toBe(1);
    await until(() => daemon.log.some((line) => line.msg.startsWith('job ') && line.state === 'stopped'));
    const [{ id } = { id: '' }] = await jobs();
    const left = readdirSync(join(cwd, 'data/tradedangerous-listener-jobs'));
    expect(left.sort()).toEqual([`${id}.log`, 'home'].sort());

    // Each by the machine whose work it is.
    const works = `process ${daemon.process.pid} works here, and does this\n`;
    const exported = await tdl('--export-live-now');
    expect(exported).toMatchObject({ code: 0, stderr: works });
    expect(exported.stdout).toMatch(/listings-live\.csv: 2 rows of 1 stations, \d+ bytes\n$/);
    const published = await tdl('publish');
    expect(published).toMatchObject({ code: 0, stderr: works });
    expect(published.stdout).toMatch(
      /^published rows {2}System\.csv 1, .*listings\.csv 2; \d+ files changed\nbaseline +1 stations more\nlive .*: 0 rows/,
    );
    expect(readFileSync(join(cwd, 'tmp/listings.csv'), 'utf8').trim().split('\n')).toHaveLength(3);
    const refused = await tdl('purge');
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nothing was purged: all 2 rows'),
    });
    expect((await tdl('purge', '--force', '--repair')).stdout).toMatch(
      /^0 rows ahead of the clock deleted, .*\n2 rows observed before .* UTC purged\n$/,
    );
    expect((await tdl('maintain')).stdout).toBe('the database is optimized and analyzed\n');
    expect(daemon.log.map(({ msg }) => msg)).toContain(
      'maintenance: optimizing the database; the feed goes on, writing waits',
    );
    expect((await tdl('status')).stdout).toMatch(/^running +version/m);

    writeFileSync(join(cwd, 'rubbish'), 'rubbish\n');
    const rubbish = await tdl('replay', 'rubbish');
    expect(rubbish.code).toBe(1);
    expect(rubbish.stderr).toContain('rubbish holds no EDDN message (one JSON text a line)');
    expect((await tdl('replay', 'missing')).stderr).toContain('there is no file missing');

    // Not finished before it is stopped: what is in it is no file that ends.
    const lines = Array.from({ length: 40_000 }, (_, i) => message(10_000 + i));
    writeFileSync(join(cwd, 'long.jsonl'), lines.join(''));
    const long = startProgram({ cwd, env, args: ['replay', 'long.jsonl'] });
    await until(() => running().length > 0);
    await until(async () => (await database.markets()) > 0, 50);
    long.kill('SIGINT');
    const stopped = await long.exit;
    expect(stopped.code).toBe(143);
    expect(stopped.stdout).toMatch(/^stopped +by SIGTERM after \d+ messages/m);
    expect((await jobs())[0]).toMatchObject({ state: 'stopped', exitCode: 143 });

    // This daemon publishes nothing by itself, not even that.
    const publications = () => daemon.log.filter(({ msg }) => msg.startsWith('published:')).length;
    const before = publications();
    writeFileSync(join(cwd, 'dump.json.gz'), dump());
    const imported = await tdl('import', 'dump.json.gz');
    expect(imported).toMatchObject({ code: 0, stderr: works });
    expect(imported.stdout).toContain('dump.json.gz: 3 stations of 2 systems read');
    expect(publications()).toBe(before);
    expect((await tdl('publish')).code).toBe(0);
    await until(() => publications() === before + 1);

    daemon.kill('SIGTERM');
    const { stdout, code } = await daemon.exit;
    expect(code).toBe(0);
    expect(stdout).toMatch(/now pending 0, .*parked 1"/);
    const alone = await tdl('jobs', 'list');
    expect(alone).toMatchObject({ code: 1, stderr: expect.stringContaining('no daemon works on') });
  });
}
