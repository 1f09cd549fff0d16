import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callControl } from '../../src/infra/control/client.ts';
import { startProgram, type Start } from '../support/daemon.ts';
import { makeGalaxy, withDatabase } from '../support/galaxy.ts';
import { runHere, startHere } from '../support/here.ts';
import { ask } from '../support/http.ts';
import { startLiveDaemonBy } from '../support/live-daemon.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

interface Told {
  readonly id: string;
  readonly state: string;
  readonly open: number;
  readonly madeBy: string | null;
  readonly commanders: readonly { readonly name: string; readonly stops: readonly { marketId: number }[] }[];
  readonly done: readonly { readonly marketId: number }[];
  readonly assignments: readonly { readonly marketId: number; readonly why: string | null }[];
}

interface ToldPatrol {
  readonly error?: string;
  readonly state: string;
  readonly look: { readonly overdue: number; readonly commandersNeeded: number } | null;
  readonly tour: { readonly id: string } | null;
}

const STATIONS = [101, 102, 103, 104].map((id) => ({ id, name: `Port ${id}`, system: `Star ${id}` }));
const CONFIG = { http_listen: '127.0.0.1:0', tours: true };

async function world(): Promise<string> {
  const cwd = tempDir();
  const file = `${cwd}/data/TradeDangerous.db`;
  await makeGalaxy(file, ['Sol', ...STATIONS.map(({ system }) => system)], STATIONS);
  withDatabase(file, (db) =>
    db.exec(`UPDATE System SET pos_x = 10 * (system_id - 1);
      UPDATE Station SET max_pad_size = 'L', ls_from_star = 300, type_id = 2, planetary = 'N'`),
  );
  return cwd;
}

async function start(cwd: string, token: string, startIt: Start) {
  const daemon = await startLiveDaemonBy(startIt, { cwd, config: CONFIG });
  const { url } = (await daemon.program.logged(/^http: http/)) as unknown as { url: string };
  const talk = async (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: unknown = null,
    base = 'tours',
  ) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const content = body === null ? null : JSON.stringify(body);
    const answer = await ask(
      `${url}/api/v1/${base}${path}`,
      content === null ? { authorization: headers.authorization } : headers,
      method,
      content,
    );
    return { status: answer.status, body: JSON.parse(answer.bytes.toString()) as Told & { error?: string } };
  };
  const see = (marketId: number) =>
    daemon.relay.publish(
      frame(
        commodityMessage({
          marketId,
          stationName: `Port ${marketId}`,
          systemName: `Star ${marketId}`,
          timestamp: new Date().toISOString(),
        }),
      ),
    );
  const patrol = async (method: 'GET' | 'PUT' | 'DELETE', path: string, body: unknown = null) => {
    const answer = await talk(method, path, body, 'patrols');
    return { status: answer.status, body: answer.body as unknown as ToldPatrol };
  };
  return { ...daemon, url, talk, patrol, see };
}

test('a tour: made with a token, closed by the feed, kept over a kill, changed, finished', async () => {
  const cwd = await world();
  const first = await startLiveDaemonBy(startProgram, { cwd, config: CONFIG });
  first.program.kill('SIGKILL');
  await first.program.exit;
  const token = (await runHere({ cwd, args: ['token', 'add', 'bob', '--scope', 'tours'] })).stdout.trim();

  const daemon = await start(cwd, token, startProgram);
  const { talk } = daemon;
  expect((await ask(`${daemon.url}/api/v1/tours`)).status).toBe(401);
  expect((await talk('GET', '/nothing')).body.error).toBe('there is no tour nothing');
  const order = { commanders: ['Jameson@Sol@20', 'Ryder@Star 104'], within: 100, timeLimit: 0.2 };
  const made = await talk('POST', '', order);
  expect(made).toMatchObject({ status: 201, body: { state: 'offered', open: 4, madeBy: 'bob' } });
  const { id } = made.body;
  const lists = made.body.commanders.flatMap(({ stops }) => stops.map(({ marketId }) => marketId));
  expect(lists.sort()).toEqual([101, 102, 103, 104]);

  // The same again is the same; one of them alone is busy, and the markets are taken.
  expect(await talk('POST', '', order)).toMatchObject({ status: 200, body: { id } });
  expect((await talk('POST', '', { ...order, commanders: 'jameson@Sol' })).body.error).toContain(
    `flies tour ${id}`,
  );
  expect(await talk('POST', '', { ...order, commanders: 'Third@Sol' })).toMatchObject({ status: 404 });
  expect(await talk('POST', '', { ...order, commanders: 'Third@Sol', share: 1 })).toMatchObject({
    status: 400,
  });

  // What stands is kept over a kill, too; its markets are on a tour's lists.
  const { patrol } = daemon;
  const region = { near: 'Sol', within: 100, maxAge: '12h' };
  expect(await patrol('PUT', '/home', region)).toMatchObject({
    status: 201,
    body: { state: 'short', look: { overdue: 4, unlisted: 0, commandersNeeded: 1 }, tour: null },
  });
  expect((await patrol('PUT', '/home', { ...region, commanders: 'Fourth@Sol' })).status).toBe(200);
  for (const [path, body, status, why] of [
    ['/Home', region, 400, /small letters/],
    ['/x', { ...region, maxAge: '12' }, 400, /90m, 12h or 7d/],
    ['/x', { ...region, maxAge: '5m' }, 400, /from 10m to 366d/],
    ['/x', { maxAge: '12h' }, 400, /say which region/],
    ['/x', { ...region, along: 'Sol' }, 400, /say which region/],
    ['/x', { ...region, near: 'Nowhere' }, 404, /no system is named Nowhere/],
    ['/x', { ...region, near: '9000,9000,9000', within: 1 }, 404, /there is no market within 1 ly/],
    ['/x', { ...region, commanders: 'J' }, 400, /NAME@START/],
    ['/x', { ...region, strategy: 'magic' }, 400, /strategy/],
    ['/x', { ...region, minAge: '3h' }, 400, /minAge/],
  ] as const) {
    const refused = await patrol('PUT', path, body);
    expect(refused.status, JSON.stringify(body)).toBe(status);
    expect(refused.body.error).toMatch(why);
  }
  expect((await ask(`${daemon.url}/api/v1/patrols`)).status).toBe(401);
  expect((await patrol('GET', '/x')).body.error).toBe('there is no patrol x');
  expect((await patrol('DELETE', '/x')).status).toBe(404);

  await daemon.see(101);
  await until(async () => (await talk('GET', `/${id}`)).body.state === 'underway');
  expect((await talk('GET', `/${id}`)).body.done).toMatchObject([{ marketId: 101 }]);
  daemon.program.kill('SIGKILL');
  await daemon.program.exit;

  const next = await start(cwd, token, startHere);
  await until(async () => (await next.talk('GET', `/${id}`)).status === 200);
  expect((await next.talk('GET', `/${id}`)).body).toMatchObject({ state: 'underway', open: 3 });
  const changed = await next.talk('POST', `/${id}/commanders`, { leave: ['ryder'], join: 'Algol@Sol' });
  expect(changed.body.commanders.map(({ name }) => name)).toEqual(['Jameson', 'Ryder', 'Algol']);
  expect(changed.body.commanders[1]!.stops).toEqual([]);
  const nobody = await next.talk('POST', `/${id}/commanders`, { leave: ['Jameson', 'Algol'] });
  expect(nobody.body.error).toContain('nobody would be left');

  for (const { id: market } of STATIONS) await next.see(market);
  await until(async () => (await next.talk('GET', `/${id}`)).body.state === 'finished');
  await until(async () => (await next.patrol('GET', '/home')).status === 200);
  expect((await next.patrol('PUT', '/home', { ...region, maxAge: '24h' })).body).toMatchObject({
    ...{ state: 'kept', look: { markets: 4, overdue: 0 }, tour: null },
  });
  const { body } = await next.talk('GET', `/${id}`);
  expect(body.done.map(({ marketId }) => marketId).sort()).toEqual([101, 102, 103, 104]);
  for (const market of [101, 102, 103, 104]) {
    const why = body.assignments.filter(({ marketId }) => marketId === market).map((each) => each.why);
    expect(why.at(-1)).toBe('observed');
    expect(why.filter((each) => each === 'observed')).toHaveLength(1);
  }
  expect((await runHere({ cwd, args: ['tour', 'list'] })).stdout).toContain(`${id}  finished`);
  next.program.kill('SIGTERM');
  expect(await next.program.exit).toMatchObject({ code: 0 });
});

test('the command line lists, shows and withdraws what is kept', async () => {
  const cwd = await world();
  const token = (await runHere({ cwd, args: ['token', 'add', 'bob', '--scope', 'tours'] })).stdout.trim();
  const { talk, patrol: daemonPatrol, program } = await start(cwd, token, startHere);
  const { id } = (await talk('POST', '', { commanders: 'Jameson@Sol', within: 100, timeLimit: 0.2 })).body;
  const tdl = (...args: string[]) => runHere({ cwd, args: ['tour', ...args] });
  expect((await tdl('list')).stdout).toMatch(new RegExp(`^${id} +offered .* 4 +4 +Jameson$`, 'm'));
  const shown = (await tdl('show', id)).stdout;
  expect(shown).toContain('4 of 4 markets open');
  expect(shown).toContain('Star 101, Star 102, Star 103, Star 104');
  expect(await tdl('show', 'nothing')).toMatchObject({ code: 2 });
  expect((await tdl('withdraw', id)).stdout).toContain('is withdrawn');
  expect(await tdl('withdraw', id)).toMatchObject({ code: 2 });
  expect((JSON.parse((await tdl('list', '--json')).stdout) as Told[])[0]!.state).toBe('withdrawn');

  // The daemon ends its own as it is told to, over what the command line has written.
  expect((await talk('DELETE', `/${id}`)).body.state).toBe('withdrawn');

  const patrol = (...args: string[]) => runHere({ cwd, args: ['patrol', ...args] });
  const order = ['add', 'home', 'Ryder@Sol', '--near', 'Sol', '--within', '100', '--max-age', '12h'];
  expect((await patrol('add', 'other', ...order.slice(3))).stdout).toContain(
    'patrol other is made; a daemon',
  );
  const made = await daemonPatrol('PUT', '/home', {
    commanders: 'Ryder@Sol',
    near: 'Sol',
    within: 100,
    maxAge: '12h',
  });
  expect(made.status).toBe(201);
  expect((await patrol(...order)).stdout).toBe('patrol home is there already, and just the same\n');
  const told = async () => JSON.parse((await patrol('show', 'home', '--json')).stdout) as ToldPatrol;
  await until(async () => (await told()).look !== null);
  expect(await told()).toMatchObject({
    state: 'short',
    look: { overdue: 4, listed: 4, commandersNeeded: 1 },
  });
  expect((await patrol('show', 'home', '--systems')).stdout).toBe('Star 101\nStar 102\nStar 103\nStar 104\n');
  expect((await patrol('list')).stdout).toMatch(
    /^home +short +within 100 ly of Sol +12 h +4 +4 +0 +0 +1 +1$/m,
  );
  const listed = (what: string) =>
    callControl(join(cwd, 'data/tradedangerous-listener.sock'), `${what}.list`, {});
  expect(await listed('patrols')).toMatchObject([{ name: 'home', state: 'short' }, { name: 'other' }]);
  expect(await listed('tours')).toContainEqual(expect.objectContaining({ id, state: 'withdrawn' }));
  expect((await patrol('remove', 'home')).stdout).toContain('is removed');
  program.kill('SIGTERM');
  await program.exit;
});
