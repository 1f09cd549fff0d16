import { expect, test } from 'vitest';
import { defaultMaxRestarts, ENDED, RESTART_POLICIES, type JobOrder } from '../../src/domain/jobs/job.ts';
import { BROKEN, DONE, JobWorld, KILLED } from '../support/job-world.ts';
import { SeededRandom } from '../support/random.ts';

const order = (restart: JobOrder['restart'], maxRestarts = defaultMaxRestarts(restart)): JobOrder => ({
  ...{ restart, maxRestarts },
  work: { kind: 'replay', files: ['/eddn'], again: false },
});

test('is kept before it is answered for, runs, and ends', async () => {
  const world = new JobWorld();
  const { pool } = world.begin();
  const { id } = await pool.create(order('no'));
  expect(world.stored(id)).toBeDefined();
  await world.time.advance(0);
  expect(await pool.inspect(id)).toMatchObject({ state: 'running', restarts: 0, exitCode: null });
  world.processOf(id).end(DONE);
  await world.time.advance(0);
  expect(world.stored(id)).toMatchObject({ state: 'stopped', exitCode: 0, reason: 'done' });
  expect(world.settledJobs).toEqual([id]);
  await expect(pool.stop(id)).rejects.toMatchObject({
    code: 'usage',
    message: `job ${id} has ended already: stopped`,
  });
  await pool.remove(id);
  expect(world.stored(id)).toBeUndefined();
  await expect(pool.inspect(id)).rejects.toMatchObject({ code: 'usage', message: `there is no job "${id}"` });
});

test('what cannot be kept is refused', async () => {
  const world = new JobWorld();
  const { pool } = world.begin();
  world.tours.isAway = true;
  await expect(pool.create(order('no'))).rejects.toThrow('away');
  expect(await pool.list()).toEqual([]);
  expect(world.live).toEqual([]);
});

test('one runs at a time, who began least often first', async () => {
  const world = new JobWorld();
  const { pool } = world.begin();
  const first = await pool.create(order('always'));
  const second = await pool.create(order('no'));
  await world.time.advance(0);
  expect(world.live.map(({ id }) => id)).toEqual([first.id]);
  await expect(pool.remove(second.id)).rejects.toMatchObject({
    code: 'usage',
    message: `job ${second.id} is starting`,
    advice: `first: tdl jobs stop ${second.id}`,
  });
  world.processOf(first.id).end(DONE);
  await world.time.advance(10_000);
  expect(world.live.map(({ id }) => id)).toEqual([second.id]);
  expect(await pool.stop(second.id)).toMatchObject({ state: 'stopped', exitCode: 143 });
  await world.time.advance(0);
  expect(world.live.map(({ id }) => id)).toEqual([first.id]);
});

test.each([
  ['no', 1, 'failed'],
  ['on-failure', 6, 'failed'],
  ['always', 9, 'starting'],
  ['unless-stopped', 9, 'starting'],
] as const)(
  '%s: one that fails again and again was started %i times, and is %s',
  async (restart, starts, state) => {
    const world = new JobWorld();
    const { pool } = world.begin();
    const { id } = await pool.create(order(restart));
    const startedAtS: number[] = [];
    for (let i = 0; i < 9; i++) {
      await world.time.advance(60_000);
      if (world.live.length === 0) break;
      startedAtS.push((await pool.inspect(id)).restarts);
      world.processOf(id).end(BROKEN);
      await world.time.advance(0);
    }
    expect(await pool.inspect(id)).toMatchObject({
      state,
      exitCode: 1,
      restarts: restart === 'no' ? 0 : state === 'failed' ? 5 : 9,
    });
    expect(world.starts.get(id)).toBe(starts);
  },
);

test('between two beginnings are 1, 2, 4 ... 60 seconds', async () => {
  const world = new JobWorld();
  const { pool } = world.begin();
  const { id } = await pool.create(order('unless-stopped'));
  const waitedS: number[] = [];
  for (let i = 0; i < 8; i++) {
    await world.time.advance(0);
    world.processOf(id).end(BROKEN);
    await world.time.advance(0);
    const sinceMs = world.time.now();
    while (world.live.length === 0) await world.time.fireNext();
    waitedS.push((world.time.now() - sinceMs) / 1_000);
  }
  expect(waitedS).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
});

test('a process that does not end when it is asked to is killed', async () => {
  const world = new JobWorld();
  const { pool } = world.begin();
  const { id } = await pool.create(order('always'));
  await world.time.advance(0);
  world.onTerminate = null;
  const stopped = pool.stop(id);
  await world.time.advance(19_000);
  expect(await pool.inspect(id)).toMatchObject({ state: 'stopping' });
  await world.time.advance(1_000);
  expect(await stopped).toMatchObject({ state: 'stopped', exitCode: null, reason: 'ended by SIGKILL' });
});

test('the next life goes on, and waits for a process that has not noticed the end of the one before', async () => {
  const world = new JobWorld();
  const first = world.begin();
  const { id } = await first.pool.create(order('no'));
  await world.time.advance(0);
  first.kill(5_000);
  const second = world.begin();
  await second.pool.load();
  await world.time.advance(4_000);
  expect(world.starts.get(id)).toBe(1);
  await world.time.advance(2_000);
  expect(world.starts.get(id)).toBe(2);
  world.processOf(id).end(DONE);
  await world.time.advance(0);
  expect(await second.pool.inspect(id)).toMatchObject({ state: 'stopped', restarts: 0 });
  expect(world.violations).toEqual([]);
});

test('an end in order leaves what runs to the next life, and forgets nothing that was done', async () => {
  const world = new JobWorld();
  const first = world.begin();
  const { id } = await first.pool.create(order('no'));
  await world.time.advance(0);
  await first.pool.close();
  expect(world.live).toEqual([]);
  expect(world.stored(id)).toMatchObject({ state: 'running' });
  await expect(first.pool.create(order('no'))).rejects.toMatchObject({
    code: 'aborted',
    message: 'the daemon is being stopped',
  });

  const second = world.begin();
  await second.pool.load();
  await world.time.advance(0);
  world.onTerminate = DONE;
  await second.pool.close();
  expect(world.stored(id)).toMatchObject({ state: 'stopped', exitCode: 0 });
});

test('who was stopped begins again with the daemon under always only; jobs of others are let be', async () => {
  const world = new JobWorld();
  const { pool } = world.begin();
  const ids: string[] = [];
  for (const restart of RESTART_POLICIES) {
    const { id } = await pool.create(order(restart));
    await pool.stop(id);
    ids.push(id);
  }
  const elsewhere = world.begin('elsewhere');
  const foreign = await elsewhere.pool.create(order('always'));
  await elsewhere.pool.close();
  await pool.close();

  const next = world.begin();
  await next.pool.load();
  await world.time.advance(0);
  const states = new Map((await next.pool.list()).map(({ id, state }) => [id, state]));
  expect(ids.map((id) => states.get(id))).toEqual(['stopped', 'stopped', 'running', 'stopped']);
  expect(states.has(foreign.id)).toBe(false);
  expect(world.stored(foreign.id)).toBeDefined();
});

test('the newest is told first, and who asks for none that is there is told which may be meant', async () => {
  const world = new JobWorld();
  const { pool } = world.begin();
  const ids: string[] = [];
  for (const waitMs of [0, 1_000, 0]) {
    await world.time.advance(waitMs);
    ids.push((await pool.create(order('no'))).id);
  }
  // Of one second those that were made later.
  expect((await pool.list()).map(({ id }) => id)).toEqual([ids[2], ids[1], ids[0]]);
  const misspelled = `${ids[1]!.slice(0, 7)}!`;
  await expect(pool.inspect(misspelled)).rejects.toMatchObject({ advice: `did you mean ${ids[1]}?` });
  await expect(pool.logs('nothing alike', { level: 'info', sinceMs: 0, after: 0 })).rejects.toMatchObject({
    advice: 'see tdl jobs list',
  });
});

test('a hundred wait at most', async () => {
  const world = new JobWorld();
  const { pool } = world.begin();
  for (let i = 0; i < 100; i++) await pool.create(order('no'));
  await expect(pool.create(order('no'))).rejects.toMatchObject({
    ...{ code: 'usage', message: '100 jobs have not ended' },
    advice: 'wait for them, or stop some: tdl jobs list',
  });
  await world.time.advance(0);
  world.live[0]!.end(DONE);
  await world.time.advance(0);
  await pool.create(order('no'));
});

test('what has ended is forgotten with what it said after thirty days, unless it begins again', async () => {
  const world = new JobWorld();
  const first = world.begin();
  const ended = await first.pool.create(order('no'));
  const always = await first.pool.create(order('always'));
  await first.pool.stop(ended.id);
  await first.pool.stop(always.id);
  await first.pool.close();
  const days = async (count: number) => {
    await world.time.advance(count * 86_400_000);
    const { pool } = world.begin();
    await pool.load();
    const jobs = await pool.list();
    await pool.close();
    return jobs.map(({ id }) => id);
  };
  expect(new Set(await days(30))).toEqual(new Set([ended.id, always.id]));
  expect(await days(1)).toEqual([always.id]);
  expect(world.stored(ended.id)).toBeUndefined();
});

test('what the job before has made way for begins, also when it is removed while it waits', async () => {
  const world = new JobWorld();
  const { pool } = world.begin();
  const [first, second, third] = [
    await pool.create(order('no')),
    await pool.create(order('no')),
    await pool.create(order('no')),
  ];
  await world.time.advance(0);
  await pool.stop(second.id);
  expect(await pool.inspect(second.id)).toMatchObject({ state: 'stopped', reason: 'stopped before it ran' });
  await pool.remove(second.id);
  world.processOf(first.id).end(BROKEN);
  await world.time.advance(0);
  expect(world.live.map(({ id }) => id)).toEqual([third.id]);
  expect(world.lines.filter(({ id }) => id === first.id).map(({ level }) => level)).toEqual([
    ...['info', 'info', 'warn'],
  ]);
});

test('what could not be written is, and that is told once', async () => {
  const world = new JobWorld();
  const { pool } = world.begin();
  const { id } = await pool.create(order('no'));
  world.tours.isAway = true;
  await world.time.advance(0);
  world.processOf(id).end(DONE);
  await world.time.advance(0);
  // Nothing of a job is lost because the database is away.
  expect(await pool.inspect(id)).toMatchObject({ state: 'stopped' });
  await world.time.advance(60_000);
  expect(world.told).toEqual(['jobs: not written, tried again: away']);
  world.tours.isAway = false;
  await world.time.advance(60_000);
  expect(world.stored(id)).toMatchObject({ state: 'stopped' });
  expect(world.told.slice(1)).toEqual(['jobs: written again']);
});

test.each(Array.from({ length: 12 }, (_, seed) => seed))(
  'killed at random, no job is lost and none runs twice side by side (seed %i)',
  async (seed) => {
    const random = new SeededRandom(seed);
    const world = new JobWorld();
    let life = world.begin();
    const made = new Map<string, JobOrder['restart']>();
    for (let step = 0; step < 60; step++) {
      await world.time.advance(random.between(0, 40_000));
      world.tours.isAway = random.chance(0.15);
      world.onTerminate = random.chance(0.7) ? { exitCode: 143, reason: 'asked' } : null;
      const open = (await life.pool.list()).filter(({ state }) => !ENDED.has(state));
      if (random.chance(0.3)) {
        const restart = random.pick([...RESTART_POLICIES]);
        const job = await life.pool.create(order(restart)).catch(() => null);
        if (job !== null) made.set(job.id, restart);
      }
      if (random.chance(0.4) && world.live.length > 0) {
        random.pick(world.live).end(random.pick([DONE, BROKEN, KILLED]));
      }
      if (random.chance(0.1) && open.length > 0)
        void life.pool.stop(random.pick(open).id).catch(() => undefined);
      if (random.chance(0.15)) {
        if (random.chance(0.5)) life.kill(random.between(0, 30_000));
        else {
          const closed = life.pool.close();
          await world.time.advance(60_000);
          world.tours.isAway = false;
          await closed;
        }
        world.tours.isAway = false;
        life = world.begin();
        await life.pool.load();
      }
    }
    world.tours.isAway = false;
    for (let i = 0; i < 300; i++) {
      await world.time.advance(60_000);
      for (const process of [...world.live]) process.end(DONE);
    }
    const jobs = new Map((await life.pool.list()).map((job) => [job.id, job]));
    expect([...made.keys()].filter((id) => !jobs.has(id))).toEqual([]);
    for (const [id, { state, restart, restarts }] of jobs) {
      expect(world.stored(id)?.state, id).toBe(state);
      if (restart === 'no') expect(ENDED, id).toContain(state);
      if (restart === 'on-failure') expect(restarts).toBeLessThanOrEqual(5);
    }
    expect(world.violations).toEqual([]);
  },
);
