import { once } from 'node:events';
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { HttpApp } from '../../src/infra/http/app.ts';
import { clientLimits, type ClientLimits } from '../../src/infra/http/limits.ts';
import { fileRoutes } from '../../src/infra/http/routes/files.ts';
import { healthRoutes } from '../../src/infra/http/routes/health.ts';
import { ask, silentLog, startHttp } from '../support/http.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const PATH = '/files/listings.csv';
/** More than the buffers of a socket take. */
const LARGE = 1_000_000;

const made = new Map<number, string>();

/** Every part says where it stands. */
function numbered(lines: number): string {
  const text = made.get(lines) ?? Array.from({ length: lines }, (_, i) => `${i}\n`).join('');
  made.set(lines, text);
  return text;
}

/** Published is one file. */
async function serve(lines: number, { files = 100, ...others }: Partial<ClientLimits> = {}) {
  const limits = { connections: 100, answers: 100, listeners: 100, stalledMs: 60_000, files, ...others };
  const dir = tempDir();
  const file = join(dir, 'listings.csv');
  const text = numbered(lines);
  writeFileSync(file, text);
  const published = new Map([['listings.csv', file]]);
  const deps = { files: published, gzipDir: join(dir, 'gzip'), log: silentLog, mostAtOnce: files };
  const health = {
    health: () => ({
      ok: true,
      failure: null,
      version: '1',
      startedAt: '2026-05-01T12:00:00.000Z',
      uptimeS: 1,
    }),
    notReady: () => [],
  };
  const connections: Socket[] = [];
  const { url } = await startHttp(
    [
      (app: HttpApp) => fileRoutes(app, deps),
      (app: HttpApp) => healthRoutes(app, health),
      (app: HttpApp) => void app.server.on('connection', (socket) => connections.push(socket)),
    ],
    { limits },
  );
  return { url, text, connections, timesOpen: () => descriptors().filter((path) => path === file).length };
}

/** What every descriptor of this process stands for. */
function descriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

function client(url: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;

/** A client that has the beginning of a large answer, and takes no more of it. */
async function stuck(url: string): Promise<Socket> {
  const socket = client(url);
  socket.write(get(PATH));
  await once(socket, 'data');
  return socket.pause();
}

/** Reads answers with a length to the end of the last. */
async function bodies(socket: Socket, count: number): Promise<string[]> {
  const found: string[] = [];
  let rest = '';
  /** Characters before it is worth looking again. */
  let needed = 0;
  for await (const bytes of socket as AsyncIterable<Buffer>) {
    rest += bytes.toString('latin1');
    if (rest.length < needed) continue;
    for (;;) {
      const end = rest.indexOf('\r\n\r\n') + 4;
      const length = Number(/content-length: (\d+)/i.exec(rest.slice(0, end))?.[1]);
      if (end < 4) break;
      needed = end + length;
      if (rest.length < needed) break;
      found.push(rest.slice(end, needed));
      rest = rest.slice(needed);
      needed = 0;
    }
    if (found.length >= count) break;
  }
  return found;
}

test('of questions asked in one go each is answered, in order, one at a time', async () => {
  const { url, text, timesOpen } = await serve(20_000);
  const socket = client(url);
  const asked = 1_400;
  socket.write((get(PATH) + get('/health')).repeat(asked / 2));
  await once(socket, 'readable');
  let most = 0;
  const watching = setInterval(() => (most = Math.max(most, timesOpen())), 5);
  onTestFinished(() => clearInterval(watching));
  const answers = await bodies(socket, 60);
  expect(answers.length).toBeGreaterThanOrEqual(60);
  expect(answers.every((body, i) => (i % 2 === 0 ? body === text : body.startsWith('{"')))).toBe(true);
  expect(most).toBeLessThanOrEqual(2);
});

test('a question asked behind one whose answer nobody takes opens nothing', async () => {
  const { url, timesOpen } = await serve(LARGE);
  const socket = client(url);
  socket.write(get(PATH).repeat(1_400));
  await once(socket, 'data');
  socket.pause();
  await ask(`${url}/health`);
  // Its compressed twin is made meanwhile.
  await until(() => timesOpen() <= 1);
});

test('what is asked ahead is not even read before its turn', async () => {
  let read = 0;
  const held: (() => void)[] = [];
  const { url } = await startHttp([
    (app: HttpApp) => {
      app.server.on('request', () => (read += 1));
      app.get('/', (_, reply) => void held.push(() => void reply.send({})));
    },
  ]);
  client(url).write(get('/').repeat(1_400));
  for (let answered = 0; answered < 5; answered += 1) {
    const answer = await until(() => held.pop());
    await ask(`${url}/nothing`);
    // What is answered, under way, and next; and what this test asks itself.
    expect(read).toBeLessThanOrEqual(2 * answered + 3);
    answer();
  }
});

test('questions that arrive in pieces behind a long answer, wherever they are cut, are answered in order', async () => {
  const { url, text } = await serve(LARGE);
  const asked = get(PATH) + get('/health') + get('/ready');
  const [end = 0] = [...asked.matchAll(/\r\n\r\n/g)].slice(1).map(({ index }) => index);
  for (const cut of [end, end + 1, end + 2, end + 3, end + 4]) {
    const socket = client(url).setNoDelay();
    socket.write(asked.slice(0, cut));
    await once(socket, 'readable');
    socket.write(asked.slice(cut));
    await sleep(50);
    const [first, second, third] = await bodies(socket, 3);
    expect(first === text, `cut at ${cut}`).toBe(true);
    expect([second, third]).toEqual([expect.stringContaining('"ok"'), expect.stringContaining('"ready"')]);
  }
});

test('a body is read whole, and what is asked behind it', async () => {
  const { url } = await serve(1);
  const socket = client(url);
  const body = 'x'.repeat(100_000);
  socket.write(
    `POST /health HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}${get('/health')}`,
  );
  const [first, second] = await bodies(socket, 2);
  expect(first).toContain('error');
  expect(second).toContain('"ok":true');
});

test('more files than may be sent at once are 503 with Retry-After until one has arrived', async () => {
  const { url } = await serve(LARGE, { files: 2 });
  const first = await stuck(url);
  await stuck(url);
  const refused = await ask(url + PATH);
  expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
  expect((await ask(`${url}/health`)).status).toBe(200);
  first.resume();
  await until(async () => (await ask(url + PATH)).status === 200);
});

test('more answers than may be under way are 503 with Retry-After, but for what tells of the daemon', async () => {
  const { url } = await serve(LARGE, { answers: 2 });
  const first = await stuck(url);
  await stuck(url);
  const refused = await ask(`${url}/files/`);
  expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
  for (const path of ['/health', '/ready']) expect((await ask(url + path)).status).toBe(200);
  first.destroy();
  await until(async () => (await ask(`${url}/files/`)).status === 200);
});

test('of too many connections the one idle for longest makes room', async () => {
  const { url } = await serve(1, { connections: 3 });
  const sockets = [client(url), client(url), client(url)];
  for (const socket of sockets) {
    socket.write(get('/health'));
    await once(socket, 'data');
  }
  const closed = once(sockets[0]!, 'close');
  expect((await ask(`${url}/health`)).status).toBe(200);
  await closed;
  expect(sockets.map(({ closed: isClosed }) => isClosed)).toEqual([true, false, false]);
});

test('where all connections have an answer under way one more is told so', async () => {
  const { url } = await serve(LARGE, { connections: 2 });
  const first = await stuck(url);
  await stuck(url);
  const refused = await ask(`${url}/health`);
  expect([refused.status, refused.headers['retry-after'], refused.headers.connection]).toEqual([
    503,
    '5',
    'close',
  ]);
  expect(refused.headers['content-type']).toMatch(/json/);
  first.destroy();
  await until(async () => (await ask(`${url}/health`)).status === 200);
});

test('a client that takes nothing is disconnected, and its file closed', async () => {
  const { url, timesOpen } = await serve(LARGE, { stalledMs: 200 });
  const socket = await stuck(url);
  await until(() => timesOpen() === 0);
  socket.resume();
  await once(socket, 'close');
  expect((await ask(url + PATH)).status).toBe(200);
});

test('a client that takes its answer slowly gets all of it', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const stalledMs = 10_000;
  const { url, text, connections } = await serve(3 * LARGE, { stalledMs });
  const socket = client(url);
  socket.write(`GET ${PATH} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  const parts: Buffer[] = [];
  const read = async () => {
    await once(socket, 'readable');
    const bytes = socket.read() as Buffer | null;
    if (bytes !== null) parts.push(bytes);
  };
  await read();
  const takenBytes = () => connections[0]!.bytesWritten - connections[0]!.writableLength;
  for (let steps = 0; steps < 3; steps += 1) {
    // As much as counts; or all of it, where the system has room for that.
    for (const before = takenBytes(); takenBytes() < Math.min(before + 64 * 1_024, text.length);)
      await read();
    vi.advanceTimersByTime(0.9 * stalledMs);
  }
  for await (const bytes of socket as AsyncIterable<Buffer>) parts.push(bytes);
  expect(Buffer.concat(parts).subarray(-text.length).equals(Buffer.from(text))).toBe(true);
});

test('too few descriptors are told once, and every client to ask again', async () => {
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (_: unknown, text: string) => void warnings.push(text) };
  const few = () => {
    throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
  };
  const { url } = await startHttp([(app: HttpApp) => void app.get('/', few)], { log });
  for (let i = 0; i < 3; i += 1) {
    expect(await ask(url)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  }
  expect(warnings).toEqual([expect.stringMatching(/^http: files cannot be opened: EMFILE.*LimitNOFILE/)]);
});

test.each([256, 512, 1_024, 20_000, Infinity])('of %d descriptors the daemon keeps its own', (most) => {
  const { connections, answers, listeners, files } = clientLimits(most);
  expect(Math.min(connections, answers, listeners, files)).toBeGreaterThan(0);
  expect(answers).toBeGreaterThan(files);
  expect(connections).toBeLessThanOrEqual(1_024);
  if (most > 512) expect(most - connections - listeners - 2 * files).toBeGreaterThanOrEqual(256);
});

test('who listens takes nobody the answer, nor the connection; too many are told so', async () => {
  const listen = (app: HttpApp) =>
    void app.get('/listen', { config: { listens: true } }, (_, reply) => {
      reply.raw.write('HTTP is on');
      return reply.hijack();
    });
  const page = (app: HttpApp) => void app.get('/', () => ({}));
  const { url } = await startHttp([listen, page], {
    limits: { connections: 2, answers: 1, listeners: 3, files: 1, stalledMs: 60_000 },
  });
  const open = async () => {
    const socket = client(url);
    socket.write(get('/listen'));
    await once(socket, 'data');
    return socket;
  };
  const [first] = await Promise.all([open(), open(), open()]);
  expect((await ask(url)).status).toBe(200);
  const refused = await ask(`${url}/listen`);
  expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
  first.destroy();
  await until(async () => {
    const socket = client(url);
    socket.write(get('/listen'));
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    return bytes.toString().startsWith('HTTP/1.1 200');
  });
});
