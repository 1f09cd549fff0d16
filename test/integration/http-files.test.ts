import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ask, serveFiles, silentLog, type Answer } from '../support/http.ts';
import { openPaths } from '../support/open-paths.ts';
import { NAME, publish, served, TEXT } from '../support/published.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

/** Asks until the compressed twin is ready. */
async function askGzip(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  for (;;) {
    const answer = await ask(url, { 'accept-encoding': 'gzip, deflate', ...headers });
    if (answer.headers['content-encoding'] === 'gzip') return answer;
    await sleep(10);
  }
}

describe('a published file', () => {
  test('is sent whole with its length, type and validators', async () => {
    const { url, file } = await served();
    const { status, headers, bytes } = await ask(url);
    expect(status).toBe(200);
    expect(bytes.toString()).toBe(TEXT);
    expect(headers).toMatchObject({
      'content-length': String(TEXT.length),
      'content-type': 'text/csv; charset=utf-8',
      'last-modified': statSync(file).mtime.toUTCString(),
      'accept-ranges': 'bytes',
      vary: 'Accept-Encoding',
      'cache-control': 'no-cache',
    });
    expect(headers.etag).toMatch(/^"[^"]+"$/);
    expect(headers['content-encoding']).toBeUndefined();
  });

  test('HEAD tells the same headers and sends nothing', async () => {
    const { url } = await served();
    const get = await ask(url);
    const head = await ask(url, {}, 'HEAD');
    const plain = (answer: Answer) => ({ ...answer.headers, date: '', connection: '', 'keep-alive': '' });
    expect(head.status).toBe(200);
    expect(head.bytes).toHaveLength(0);
    expect(plain(head)).toEqual(plain(get));
  });

  test('of many megabytes arrives byte for byte', async () => {
    const bytes = Buffer.alloc(5_000_001, 'abcdefg\n');
    const { url } = await served(bytes);
    expect((await ask(url)).bytes.equals(bytes)).toBe(true);
    const part = await ask(url, { range: 'bytes=3-4000000' });
    expect(part.bytes.equals(bytes.subarray(3, 4_000_001))).toBe(true);
  });
});

describe('gzip', () => {
  test('is sent when it is accepted and ready, with a tag and a length of its own', async () => {
    const text = TEXT.repeat(1000);
    const { url } = await served(text);
    const plain = await ask(url, { 'accept-encoding': 'identity' });
    const { status, headers, bytes } = await askGzip(url);
    expect(status).toBe(200);
    expect(gunzipSync(bytes).toString()).toBe(text);
    expect(headers['content-length']).toBe(String(bytes.length));
    expect(bytes.length).toBeLessThan(text.length / 10);
    expect(headers.etag).toMatch(/^"[^"]+"$/);
    expect(headers.etag).not.toBe(plain.headers.etag);
    expect(headers.vary).toBe('Accept-Encoding');
    expect(headers['last-modified']).toBe(plain.headers['last-modified']);
  });

  test.each([
    'identity',
    'gzip;q=0',
    'gzip;q=0, *',
    'gzip;q=0.1, identity;q=1',
    'x-gzip;q=0.1, identity',
    'deflate, br',
    '*;q=0',
    '',
  ])('is not sent to "%s"', async (accepted) => {
    const { url } = await served();
    await askGzip(url);
    const { headers, bytes } = await ask(url, { 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBeUndefined();
    expect(bytes.toString()).toBe(TEXT);
  });

  test.each(['GZIP', 'br;q=1, gzip;q=0.5', '*', 'x-gzip'])('is sent to "%s"', async (accepted) => {
    const { url } = await served();
    await askGzip(url);
    const { headers } = await ask(url, { 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBe('gzip');
  });

  test('has its own 304 and its own ranges', async () => {
    const { url } = await served(TEXT.repeat(100));
    const whole = await askGzip(url);
    const etag = whole.headers.etag ?? '';
    expect((await ask(url, { 'accept-encoding': 'gzip', 'if-none-match': etag })).status).toBe(304);
    const part = await ask(url, { 'accept-encoding': 'gzip', range: 'bytes=10-', 'if-range': etag });
    expect(part.status).toBe(206);
    expect(part.bytes.equals(whole.bytes.subarray(10))).toBe(true);
  });

  test('is never that of an older version; the old twin goes', async () => {
    const { url, file, gzipDir } = await served();
    await askGzip(url);
    await publish(file, 'new text\n');
    const next = await ask(url, { 'accept-encoding': 'gzip' });
    expect(next.headers['content-encoding']).toBeUndefined();
    expect(next.bytes.toString()).toBe('new text\n');
    expect(gunzipSync((await askGzip(url)).bytes).toString()).toBe('new text\n');
    await until(() => readdirSync(gzipDir).length <= 1);
  });

  test('is not kept of a file that changed in its place meanwhile', async () => {
    const { url, file, gzipDir } = await served(Buffer.alloc(40_000_000, 'abcdefg\n'));
    await ask(url, { 'accept-encoding': 'gzip' }, 'HEAD');
    await until(() => existsSync(gzipDir) && readdirSync(gzipDir).some((name) => name.endsWith('.tmp')));
    appendFileSync(file, 'more\n');
    await until(() => readdirSync(gzipDir).every((name) => !name.endsWith('.tmp')));
    expect(readdirSync(gzipDir)).toEqual([]);
  });

  test('outlives a restart, and is made again when it was removed', async () => {
    const { url, file, gzipDir } = await served();
    const first = await askGzip(url);
    const again = await serveFiles({ [NAME]: file }, { gzipDir });
    const second = await ask(`${again.url}/files/${NAME}`, { 'accept-encoding': 'gzip' });
    expect(second.headers['content-encoding']).toBe('gzip');
    expect(second.headers.etag).toBe(first.headers.etag);
    rmSync(gzipDir, { recursive: true });
    expect(gunzipSync((await askGzip(url)).bytes).toString()).toBe(TEXT);
  });

  test('that cannot be made is told once; the file is served as it is', async () => {
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (_: unknown, text: string) => void warnings.push(text) };
    const dir = tempDir();
    const file = join(dir, NAME);
    writeFileSync(file, TEXT);
    const server = await serveFiles({ [NAME]: file }, { gzipDir: join(file, 'not-a-directory'), log });
    const url = `${server.url}/files/${NAME}`;
    while (warnings.length === 0) await ask(url, { 'accept-encoding': 'gzip' });
    expect((await ask(url, { 'accept-encoding': 'gzip' })).bytes.toString()).toBe(TEXT);
    await server.close(0);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^listings-live\.csv is served uncompressed: /);
  });
});

describe('a file that changes during a slow download', () => {
  const OLD = Buffer.alloc(40_000_000, 'old old\n');

  test('by being replaced: the old one arrives whole', async () => {
    const { url, file } = await served(OLD);
    const { headers, body } = await request(url, { highWaterMark: 1024 });
    const parts: Buffer[] = [];
    const slowly = body[Symbol.asyncIterator]();
    parts.push(((await slowly.next()) as { value: Buffer }).value);
    await publish(file, 'new\n');
    expect((await ask(url)).bytes.toString()).toBe('new\n');
    for (let next = await slowly.next(); next.done !== true; next = await slowly.next())
      parts.push(next.value as Buffer);
    expect(Buffer.concat(parts).equals(OLD)).toBe(true);
    expect(headers['content-length']).toBe(String(OLD.length));
  });

  test.each([
    [
      'overwritten in place',
      (file: string) => writeFileSync(file, Buffer.alloc(OLD.length, 'new new\n'), { flag: 'r+' }),
    ],
    ['cut short', (file: string) => truncateSync(file, 20_000_000)],
  ])('by being %s: the download fails instead of ending with a mixture', async (_, change) => {
    const { url, file } = await served(OLD);
    const { body } = await request(url, { highWaterMark: 1024 });
    const slowly = body[Symbol.asyncIterator]();
    await slowly.next();
    change(file);
    await expect(async () => {
      for (let next = await slowly.next(); next.done !== true; next = await slowly.next());
    }).rejects.toThrow(/terminated|closed|reset/i);
  });

  test('a client that goes away leaves no file open', async () => {
    const { url } = await served(OLD);
    const collected: string[] = [];
    const onWarning = ({ message }: Error) => collected.push(message);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    for (let i = 0; i < 20; i += 1) {
      const { body } = await request(url, { reset: true });
      body.on('error', () => undefined);
      body.destroy();
    }
    await until(() => openPaths().every((path) => !path.endsWith('/listings-live.csv')));
    // The collector closes what nobody else does, some time.
    expect(collected).toEqual([]);
  });
});

describe('what is not served', () => {
  test.each([
    '/files/secret.txt',
    '/files/../secret.txt',
    '/files/..%2fsecret.txt',
    '/files/%2e%2e/secret.txt',
    '/files/%2e%2e%2fsecret.txt',
    '/files/..%5csecret.txt',
    '/files//etc/passwd',
    '/files/%2fetc%2fpasswd',
    '/files/listings-live.csv%00.txt',
    '/files/listings-live.csv/',
    '/files/__proto__',
    '/files/.listings-live.csv.tmp-1',
  ])('%s is 404', async (path) => {
    const { base, dir } = await served();
    writeFileSync(join(dir, 'secret.txt'), 'secret');
    writeFileSync(join(dir, '..', 'secret.txt'), 'secret');
    // A raw request: clients resolve dots before they send.
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.end(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toMatch(/location:/i);
  });

  test('a file not published yet is 404, an empty one 503, with GET and HEAD', async () => {
    const { base, dir } = await served();
    const url = `${base}/files/System.csv`;
    expect((await ask(url)).status).toBe(404);
    writeFileSync(join(dir, 'System.csv'), '');
    expect(await ask(url)).toMatchObject({ status: 503, headers: { 'retry-after': '60' } });
    expect((await ask(url, {}, 'HEAD')).status).toBe(503);
  });

  test.each(['POST', 'PUT', 'DELETE'] as const)('%s is 405, and says what is allowed', async (method) => {
    const { base, url } = await served();
    for (const each of [url, `${base}/files/`, `${base}/files/nothing.csv`]) {
      const { status, headers } = await ask(each, {}, method);
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
    }
  });

  test('what is no regular file: no symbolic link is followed, no FIFO waited for', async () => {
    const { base, url, dir } = await served();
    const file = join(dir, 'System.csv');
    const secret = join(tempDir(), 'secret.txt');
    writeFileSync(secret, 'secret');
    symlinkSync(secret, file);
    expect((await ask(`${base}/files/System.csv`)).status).toBe(404);
    rmSync(file);
    mkdirSync(file);
    expect((await ask(`${base}/files/System.csv`)).status).toBe(404);
    rmdirSync(file);
    execFileSync('mkfifo', [file]);
    // More of them than threads that work on files.
    const asked = await Promise.all(Array.from({ length: 12 }, () => ask(`${base}/files/System.csv`)));
    expect(asked.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 404));
    expect((await ask(url)).bytes.toString()).toBe(TEXT);
    expect(JSON.parse((await ask(`${base}/files/`)).bytes.toString())).toMatchObject({
      files: [{ name: NAME }],
    });
  });
});
