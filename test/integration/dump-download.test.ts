import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { DumpVersion } from '../../src/domain/ports/galaxy/dump.ts';
import { checkDump, downloadDump, removeDownload } from '../../src/infra/spansh/download.ts';
import { startDumpServer, type DumpServer } from '../support/dump-server.ts';
import { tempDir } from '../support/temp-dir.ts';

const CHECK_INVALID_HOST = `
  const { checkDump } = await import(${JSON.stringify(new URL('../../src/infra/spansh/download.ts', import.meta.url))});
  const { source } = await checkDump(['http://spansh.invalid/dump'], new AbortController().signal, 300);
  process.stdout.write(source);
`;

const BODY = Buffer.alloc(700_000, 'a system with its stations; ');
const never = new AbortController().signal;
const SKEW_S = 300;

const gzUrl = (server: DumpServer) => `${server.url}/galaxy_stations.json.gz`;

async function start() {
  const server = await startDumpServer(BODY);
  const directory = tempDir();
  const check = () => checkDump([gzUrl(server), `${server.url}/galaxy_stations.json`], never, SKEW_S);
  const download = (version: DumpVersion, signal = never) =>
    downloadDump(version, directory, () => undefined, signal);
  return { server, directory, check, download, gets: () => server.requests.filter(isGet) };
}

const isGet = ({ method }: { method?: string | undefined }) => method === 'GET';

test('reads what the server says of its dump, the time as UTC', async () => {
  const { server, check } = await start();
  expect(await check()).toEqual({
    source: gzUrl(server),
    etag: '"one"',
    lastModifiedS: Date.UTC(2026, 10, 20, 4, 30) / 1000,
    size: BODY.length,
  });
  expect(server.requests).toMatchObject([
    { method: 'HEAD', headers: { 'user-agent': expect.stringContaining('tradedangerous-listener') } },
  ]);
});

test('takes the plain dump where there is no compressed one', async () => {
  const { server, check } = await start();
  server.paths.clear();
  server.paths.add('/galaxy_stations.json');
  expect((await check()).source).toBe(`${server.url}/galaxy_stations.json`);
});

test('follows a redirect', async () => {
  const { server, check } = await start();
  server.paths.add('/moved.gz');
  server.misbehaveHead.push({ status: 302, headers: { location: '/moved.gz' } });
  expect((await check()).size).toBe(BODY.length);
});

test('brings a local file without moving it', async () => {
  const { directory, download } = await start();
  const file = join(directory, 'dump.json');
  writeFileSync(file, '[]');
  const version = await checkDump([file], never, SKEW_S);
  expect(version.size).toBe(2);
  expect(await download(version)).toEqual({ file, version });
  await removeDownload(file, directory);
  expect(existsSync(file)).toBe(true);
});

test('says which file is not there', async () => {
  await expect(checkDump(['/nowhere/dump.json'], never, SKEW_S)).rejects.toThrow(
    /\/nowhere\/dump\.json cannot be read/,
  );
});

test('downloads byte for byte, tells how far it is, and removes it when told', async () => {
  const { directory, check } = await start();
  const seen: number[] = [];
  const { file, version } = await downloadDump(
    await check(),
    directory,
    ({ bytes, totalBytes }) => {
      seen.push(bytes);
      expect(totalBytes).toBe(BODY.length);
    },
    never,
  );
  expect(readFileSync(file).equals(BODY)).toBe(true);
  expect(version.etag).toBe('"one"');
  expect(seen.at(-1)).toBe(BODY.length);
  await removeDownload(file, directory);
  expect(existsSync(file)).toBe(false);
});

test.each(['with an ETag', 'with a time only'])('goes on where the connection broke, %s', async (how) => {
  const { server, check, download, gets } = await start();
  if (how === 'with a time only') server.etag = null;
  server.misbehave.push({ bodyBytes: 300_000 });
  await expect(download(await check())).rejects.toMatchObject({ code: 'spansh' });
  const { file } = await download(await check());
  expect(readFileSync(file).equals(BODY)).toBe(true);
  const { range, 'if-range': ifRange } = gets()[1]?.headers ?? {};
  expect(Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1])).toBeGreaterThan(0);
  expect(ifRange).toBe(server.etag ?? server.lastModified.toUTCString());
});

test('goes on by the time where an ETag does not tell bytes apart', async () => {
  const { server, check, download, gets } = await start();
  server.etag = 'W/"one"';
  server.misbehave.push({ bodyBytes: 300_000 });
  await expect(download(await check())).rejects.toMatchObject({ code: 'spansh' });
  const { file } = await download(await check());
  expect(readFileSync(file).equals(BODY)).toBe(true);
  expect(gets()[1]?.headers['if-range']).toBe(server.lastModified.toUTCString());
});

test('asks for nothing of what is there as a whole', async () => {
  const { directory, check, download, gets } = await start();
  const version = await check();
  const part = join(directory, 'galaxy_stations.spansh.part');
  writeFileSync(part, BODY);
  writeFileSync(`${part}.json`, JSON.stringify(version));
  const { file } = await download(version);
  expect(readFileSync(file).equals(BODY)).toBe(true);
  expect(gets()).toEqual([]);
});

test('begins anew where more came than was told', async () => {
  const { server, check, download, gets } = await start();
  const version = await check();
  server.misbehave.push({ bodyBytes: 300_000, untold: true });
  await expect(download(version)).rejects.toThrow(`300000 of ${BODY.length} bytes arrived`);
  server.body = Buffer.concat([BODY, Buffer.from('more')]);
  const headers = { 'content-range': `bytes 300000-${BODY.length - 1}/${BODY.length}` };
  server.misbehave.push({ untold: true, headers });
  await expect(download(version)).rejects.toThrow(`${BODY.length + 4} of ${BODY.length} bytes arrived`);
  server.body = BODY;
  const { file } = await download(version);
  expect(readFileSync(file).equals(BODY)).toBe(true);
  expect(gets().map(({ headers: { range } }) => range)).toEqual([undefined, 'bytes=300000-', undefined]);
});

test('starts anew when the dump has changed meanwhile', async () => {
  const { server, check, download } = await start();
  server.misbehave.push({ bodyBytes: 300_000 });
  await expect(download(await check())).rejects.toThrow();
  server.body = Buffer.alloc(600_000, 'another galaxy; ');
  server.etag = '"two"';
  const { file } = await download(await check());
  expect(readFileSync(file).equals(server.body)).toBe(true);
});

test('takes the newer dump that the server has when the download begins', async () => {
  const { server, check, download } = await start();
  const version = await check();
  server.misbehave.push({ bodyBytes: 300_000 });
  await expect(download(version)).rejects.toThrow();
  server.body = Buffer.alloc(600_000, 'another galaxy; ');
  server.etag = '"two"';
  const got = await download(version);
  expect(readFileSync(got.file).equals(server.body)).toBe(true);
  expect(got.version.etag).toBe('"two"');
});

test('starts anew when a server does not take the range', async () => {
  const { server, check, download } = await start();
  server.misbehave.push({ bodyBytes: 300_000 }, { status: 416 });
  await expect(download(await check())).rejects.toThrow();
  const { file } = await download(await check());
  expect(readFileSync(file).equals(BODY)).toBe(true);
});

const OTHER = Buffer.alloc(BODY.length, 'another galaxy; ');

test.each([
  ['another ETag', { etag: '"two"' }],
  ['no ETag', { etag: '' }],
  ['another time', { 'last-modified': 'Sat, 21 Nov 2026 04:30:00 GMT' }],
  ['another total', { 'content-range': `bytes 300000-${BODY.length}/${BODY.length + 1}` }],
  ['no total', { 'content-range': `bytes 300000-${BODY.length - 1}/*` }],
  ['another place', { 'content-range': `bytes 0-399999/${BODY.length}` }],
])('takes no rest of another dump: %s', async (_, headers: Record<string, string>) => {
  const { server, check, download, gets } = await start();
  server.misbehave.push({ bodyBytes: 300_000 });
  const version = await check();
  await expect(download(version)).rejects.toThrow();
  // It looks at no If-Range, and sends the tail of what it has now.
  server.body = OTHER;
  server.misbehave.push({ headers });
  const { file } = await download(version);
  expect(readFileSync(file).equals(OTHER)).toBe(true);
  expect(gets().map(({ headers: { range } }) => range !== undefined)).toEqual([false, true, false]);
});

test('takes the rest without its time beside the same ETag', async () => {
  const { server, check, download, gets } = await start();
  server.misbehave.push({ bodyBytes: 300_000 });
  const version = await check();
  await expect(download(version)).rejects.toThrow();
  server.misbehave.push({ headers: { 'last-modified': '' } });
  const { file } = await download(version);
  expect(readFileSync(file).equals(BODY)).toBe(true);
  expect(gets()).toHaveLength(2);
});

test('knows a body that was cut although its length was told by HEAD only', async () => {
  const { server, check, download } = await start();
  server.misbehave.push({ bodyBytes: 300_000, untold: true });
  await expect(download(await check())).rejects.toThrow(`300000 of ${BODY.length} bytes arrived`);
  const { file } = await download(await check());
  expect(readFileSync(file).equals(BODY)).toBe(true);
});

test.each([false, true])('refuses what is larger than any dump, its length untold: %s', async (untold) => {
  const { server, directory, check } = await start();
  server.misbehave.push({ untold });
  const version = { ...(await check()), size: null, etag: null };
  await expect(
    downloadDump(version, directory, () => undefined, never, { maxBytes: 200_000 }),
  ).rejects.toThrow('larger than 200000 bytes');
  expect(existsSync(join(directory, 'galaxy_stations.spansh.part'))).toBe(false);
});

test.each(['date', 'last-modified'])('waits for a clock that is behind: %s', async (name) => {
  const { server, check } = await start();
  server.misbehaveHead.push({ headers: { [name]: new Date(Date.now() + 600_000).toUTCString() } });
  await expect(check()).rejects.toMatchObject({
    code: 'spansh',
    advice: 'set the clock of this machine; nothing is imported until then',
  });
  server.misbehaveHead.push({ headers: { [name]: new Date(Date.now() + 200_000).toUTCString() } });
  expect((await check()).size).toBe(BODY.length);
});

test('goes through the proxy that the environment names, wherever a redirect leads', async () => {
  const asked: string[] = [];
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? '');
    const moved = request.url?.startsWith('http://spansh.invalid/') === true;
    response.writeHead(moved ? 302 : 200, moved ? { location: 'http://elsewhere.invalid/dump' } : {}).end();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  const { port } = proxy.address() as AddressInfo;
  // A process of its own, for the environment is read once.
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', CHECK_INVALID_HOST],
    {
      env: { ...process.env, http_proxy: `http://127.0.0.1:${port}`, no_proxy: '' },
    },
  );
  expect(stdout).toBe('http://spansh.invalid/dump');
  expect(asked).toEqual(['http://spansh.invalid/dump', 'http://elsewhere.invalid/dump']);
});

test.each(['in a circle', 'for ever'])('follows no redirects that go on %s', async (how) => {
  const { server, check } = await start();
  for (let i = 0; i < 10; i += 1) {
    const path = how === 'for ever' ? `/${i}` : '/galaxy_stations.json.gz';
    server.misbehaveHead.push({ status: 302, headers: { location: path } });
  }
  await expect(check()).rejects.toThrow(/cannot be fetched: (.*[Rr]edirect|the server answers 302)/);
});

test('does not take a short body for a whole one', async () => {
  const { server, check, download } = await start();
  server.misbehave.push({ bodyBytes: 0 });
  await expect(download(await check())).rejects.toMatchObject({ code: 'spansh' });
});

test('hears how long it is to wait', async () => {
  const { server, check } = await start();
  server.misbehaveHead.push({ status: 503, headers: { 'retry-after': '120' } });
  await expect(check()).rejects.toMatchObject({
    retryAfterMs: 120_000,
    message: expect.stringContaining('the server answers 503'),
  });
});

test('says what is wrong when nobody answers', async () => {
  await expect(checkDump(['http://127.0.0.1:1/dump'], never, SKEW_S)).rejects.toThrow(
    /cannot be fetched: .*ECONNREFUSED/,
  );
});

test('stops at once, and goes on from there', async () => {
  const { server, check, download, gets } = await start();
  server.misbehave.push({ pieceDelayMs: 50 });
  const stop = new AbortController();
  const version = await check();
  const stopped = download(version, stop.signal);
  setTimeout(() => stop.abort(), 200);
  await expect(stopped).rejects.toThrow(/abort/i);
  const { file } = await download(version);
  expect(readFileSync(file).equals(BODY)).toBe(true);
  expect(gets()[1]?.headers.range).toMatch(/^bytes=[1-9]/);
});

test('gives up a server that was quick enough, and then sends no more', async () => {
  const { server, directory, check } = await start();
  server.body = Buffer.alloc(3 * 1024 * 1024);
  server.misbehave.push({ stallsAt: 2 * 1024 * 1024 });
  await expect(
    downloadDump(await check(), directory, () => undefined, never, { paceMs: 300 }),
  ).rejects.toThrow('sends less than 1 MiB in 0.3 s');
});

test('says so when there is no room to write', async () => {
  const { check } = await start();
  const version = await check();
  const file = join(tempDir(), 'a file');
  writeFileSync(file, '');
  await expect(downloadDump(version, join(file, 'tmp'), () => undefined, never)).rejects.toThrow(
    /cannot be written/,
  );
});
