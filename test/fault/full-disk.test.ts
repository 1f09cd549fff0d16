import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createJobLogs } from '../../src/infra/jobs/logs.ts';
import { createDiagnostics } from '../../src/infra/log/diagnostics.ts';
import { writeConfig } from '../support/daemon.ts';
import { makeGalaxy, marketRows } from '../support/galaxy.ts';
import { startHere } from '../support/here.ts';
import { startLiveDaemon, startLiveDaemonBy } from '../support/live-daemon.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { startRelay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';
import { smallDisk } from '../support/tmpfs.ts';
import { until } from '../support/until.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/tdl.js', import.meta.url));
const MIB = 1024 * 1024;

/** Takes all the room there is. @returns gives it back */
function fill(disk: string): () => void {
  const ballast = join(disk, 'ballast');
  const file = openSync(ballast, 'a');
  for (let bytes = MIB; bytes >= 1; bytes = Math.floor(bytes / 2)) {
    try {
      for (;;) writeSync(file, Buffer.alloc(bytes));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
  }
  closeSync(file);
  return () => rmSync(ballast);
}

test('full for database and spool: both say so, and nothing is lost when there is room again', async (context) => {
  const disk = smallDisk(context, 16 * MIB);
  const { program, relay, written } = await startLiveDaemon({
    database: join(disk, 'TradeDangerous.db'),
    env: { TD_DATA: disk },
  });
  await relay.publish(frame(commodityMessage({ marketId: 1 })));
  await written(1);
  const empty = fill(disk);
  const marketIds = Array.from({ length: 400 }, (_, i) => i + 1);
  for (const marketId of marketIds) await relay.publish(frame(commodityMessage({ marketId })));
  await program.logged(/^database not available, .*(full|space)/);
  await program.logged(/^spool cannot be written, snapshots are held in memory: .*(full|space)/);
  empty();
  await written(...marketIds);
  await program.logged(/^database available again/);
  program.kill('SIGTERM');
  expect((await program.exit).code).toBe(0);
});

test('full for the export: it says so, the old file stays, and the new one follows', async (context) => {
  const disk = smallDisk(context, MIB);
  const { program, relay } = await startLiveDaemonBy(startHere, { config: { export_path: disk } });
  // An empty one may be there by now.
  const rows = () => {
    const file = join(disk, 'listings-live.csv');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length - 1 : 0;
  };
  const empty = fill(disk);
  await relay.publish(frame(commodityMessage({ marketId: 1 })));
  await program.logged(/^listings-live\.csv not published: no space left/);
  expect(rows()).toBe(0);
  empty();
  await program.logged(/^listings-live\.csv: 2 rows/);
  expect(rows()).toBe(2);
  program.kill('SIGTERM');
  expect((await program.exit).code).toBe(0);
});

test('full for the log: the daemon goes on', async (context) => {
  const disk = smallDisk(context, MIB);
  const log = openSync(join(disk, 'log'), 'a');
  fill(disk);
  const cwd = tempDir();
  const relay = await startRelay();
  const database = join(cwd, 'data/TradeDangerous.db');
  await makeGalaxy(database, ['Sol']);
  writeConfig(cwd, { eddn_url: relay.url });
  const program = spawn(process.execPath, [PROGRAM], { cwd, stdio: ['ignore', log, 'ignore'] });
  const exit = once(program, 'exit');
  onTestFinished(async () => {
    program.kill('SIGKILL');
    await exit;
    relay.close();
    closeSync(log);
  });
  await relay.waitForSubscribers();
  await relay.publish(frame(commodityMessage()));
  await until(() => marketRows(database).length > 0);
  program.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
});

test('full for notes and for the log of a job: what finds no room is lost, and takes nothing with it', async (context) => {
  const disk = smallDisk(context, MIB);
  const file = join(disk, 'listener_diag');
  const warn = vi.fn();
  const diagnostics = createDiagnostics(file, { warn });
  const logs = createJobLogs(join(disk, 'jobs'), Date.now);
  const note = async (text: string) => {
    diagnostics.note('told', { text });
    logs.append('1', { level: 'info', msg: text });
    await diagnostics.flush();
    const lines = await logs.read('1', { level: 'debug', after: 0, sinceMs: 0 });
    return lines.map(({ msg }) => msg);
  };
  await note('before');
  const empty = fill(disk);
  // Longer than what is left of a page.
  expect(await note('x'.repeat(4_000))).toEqual(['before']);
  expect(warn).toHaveBeenCalledOnce();
  empty();
  await note('after');
  expect(await note('at last')).toEqual(['before', 'after', 'at last']);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  expect(lines[1], 'a part of it was taken').toContain('xxx');
  expect([lines[0]!, ...lines.slice(2)].map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { text: 'before' },
    { text: 'after' },
    { text: 'at last' },
  ]);
});
