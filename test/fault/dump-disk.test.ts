import { existsSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkDump, downloadDump } from '../../src/infra/spansh/download.ts';
import { startDumpServer } from '../support/dump-server.ts';
import { startLiveDaemon } from '../support/live-daemon.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { tempDir } from '../support/temp-dir.ts';
import { smallDisk } from '../support/tmpfs.ts';

const MIB = 1024 * 1024;
const DISK_BYTES = 40 * MIB;
const never = new AbortController().signal;

const freeBytes = (disk: string) => {
  const { bavail, bsize } = statfsSync(disk);
  return bavail * bsize;
};

/** A server whose dump has so many bytes, and how it is brought to a disk. */
async function start(disk: string, bodyBytes: number, { untold = false } = {}) {
  const server = await startDumpServer(Buffer.alloc(bodyBytes, 'a system'));
  const url = `${server.url}/galaxy_stations.json.gz`;
  if (untold) {
    server.misbehaveHead.push({ untold });
    server.misbehave.push({ untold }, { untold });
  }
  const version = await checkDump([url], never, 300);
  let leastFree = Infinity;
  return {
    server,
    part: join(disk, 'galaxy_stations.spansh.part'),
    gets: () => server.requests.filter(({ method }) => method === 'GET').length,
    leastFree: () => leastFree,
    download: (options = {}) =>
      downloadDump(version, disk, () => (leastFree = Math.min(leastFree, freeBytes(disk))), never, options),
  };
}

test('a dump larger than the disk is not begun', async (context) => {
  const disk = smallDisk(context, DISK_BYTES);
  const { download, gets } = await start(disk, 60 * MIB);
  await expect(download()).rejects.toMatchObject({
    code: 'spansh',
    message: `the dump of 60 MiB does not fit into ${disk}, where 4 MiB stay free`,
  });
  expect(gets()).toBe(0);
});

test('one that tells no size ends at the reserve, is removed, and so is the next', async (context) => {
  const disk = smallDisk(context, DISK_BYTES);
  const { download, part, leastFree } = await start(disk, 60 * MIB, { untold: true });
  for (const attempt of [1, 2]) {
    await expect(download(), `${attempt}`).rejects.toThrow(
      /^the dump does not fit into .*, where 4 MiB stay free/,
    );
    expect(existsSync(part)).toBe(false);
  }
  expect(leastFree()).toBeGreaterThan(2 * MIB);
  expect(freeBytes(disk)).toBeGreaterThan(DISK_BYTES - MIB);
});

test('what was brought makes room when others have filled the disk meanwhile', async (context) => {
  const disk = smallDisk(context, DISK_BYTES);
  const { download, server, part } = await start(disk, 30 * MIB);
  server.misbehave.push({ bodyBytes: 10 * MIB });
  await expect(download()).rejects.toMatchObject({ code: 'spansh' });
  expect(statSync(part).size).toBeGreaterThan(0);
  writeFileSync(join(disk, 'others'), Buffer.alloc(12 * MIB));
  await expect(download()).rejects.toThrow('does not fit');
  expect(existsSync(part)).toBe(false);
});

test('what was brought counts: a rest that fits is fetched where the whole would not', async (context) => {
  const disk = smallDisk(context, DISK_BYTES);
  const { download, server, part, gets } = await start(disk, 30 * MIB);
  server.misbehave.push({ bodyBytes: 20 * MIB, untold: true });
  await expect(download()).rejects.toMatchObject({ code: 'spansh' });
  expect(statSync(part).size).toBe(20 * MIB);
  const { file } = await download();
  expect(statSync(file).size).toBe(30 * MIB);
  expect(gets()).toBe(2);
  expect(server.requests.at(-1)?.headers.range).toBe(`bytes=${20 * MIB}-`);
});

test('what others fill while it comes ends it', async (context) => {
  const disk = smallDisk(context, DISK_BYTES);
  const { download, server, part } = await start(disk, 30 * MIB);
  server.misbehave.push({ pieceDelayMs: 2 });
  setTimeout(() => writeFileSync(join(disk, 'others'), Buffer.alloc(25 * MIB)), 300);
  await expect(download()).rejects.toThrow('does not fit');
  expect(existsSync(part)).toBe(false);
});

test('a server that sends byte by byte is given up, and gone on with', async () => {
  const { download, server, part } = await start(tempDir(), 4 * MIB);
  server.misbehave.push({ pieceDelayMs: 100 });
  await expect(download({ paceMs: 500 })).rejects.toMatchObject({
    code: 'spansh',
    message: expect.stringContaining('sends less than 1 MiB in 0.5 s'),
  });
  const kept = statSync(part).size;
  expect(kept).toBeGreaterThan(0);
  const { file } = await download({ paceMs: 60_000 });
  expect(statSync(file).size).toBe(4 * MIB);
  expect(server.requests.at(-1)?.headers.range).toBe(`bytes=${kept}-`);
});

test('the daemon beside it writes on, and a stop loses nothing', async (context) => {
  const disk = smallDisk(context, DISK_BYTES);
  const { server, part } = await start(disk, 60 * MIB);
  server.misbehaveHead.push(...Array.from({ length: 20 }, () => ({ untold: true })));
  server.misbehave.push(...Array.from({ length: 20 }, () => ({ untold: true })));
  const { program, relay, written, markets } = await startLiveDaemon({
    database: join(disk, 'TradeDangerous.db'),
    env: { TD_DATA: disk, TD_TMP: disk },
    config: { spansh_url: `${server.url}/galaxy_stations.json.gz`, export_path: disk },
    args: [],
  });
  await program.logged(/^Spansh: the dump does not fit into .*; trying again/);
  expect(existsSync(part)).toBe(false);
  const marketIds = Array.from({ length: 100 }, (_, i) => i + 1);
  for (const marketId of marketIds) await relay.publish(frame(commodityMessage({ marketId })));
  await written(...marketIds);
  program.kill('SIGTERM');
  expect((await program.exit).code).toBe(0);
  expect(markets()).toEqual(marketIds);
  expect(program.log.filter(({ msg }) => /no space|full/.test(msg))).toEqual([]);
});
