import { beforeEach, expect, test, vi } from 'vitest';
import { checkGone, checkNothingLost } from './checks.ts';
import { startLife } from './life.ts';
import { scenario } from './scenario.ts';
import { fireUntil, stop, worldWith } from './script.ts';

beforeEach(() => void vi.spyOn(console, 'warn').mockReturnValue(undefined));

test('a stop closes the feed that a crashed listener left open', async () => {
  const world = worldWith({ 'relay refuses': [0, 15] });
  const life = startLife(world);
  // The first line the listener tells, that it is heard again, ends it.
  const told = vi.spyOn(life.log, 'info').mockImplementation((_, text) => {
    if (text.includes('heard again')) throw new Error('the log is broken');
  });
  for (let halfS = 0; !told.mock.calls.some(([, text]) => text.includes('heard again')); halfS++) {
    if (halfS > 1_000) throw new Error('it is never heard again');
    await world.clock.advance(500);
    world.publish(world.observe(1));
  }
  await stop(world, life);
  checkGone(world, life);
  expect(world.violations).toEqual([]);
});

test('a stop waits no longer than its deadline for a database that does not answer', async () => {
  const world = worldWith({ 'database slow': [5, 60] });
  const life = startLife(world);
  await world.clock.advance(5_000);
  world.random.between = (_, max) => max;
  world.publish(world.observe(1));
  await world.clock.advance(2_000);
  const stoppedAtMs = world.clock.now();
  life.system.stop();
  await fireUntil(world, () => life.ended !== null);
  expect(world.clock.now() - stoppedAtMs).toBeLessThan(3_000);
  expect(world.spoolDisk.entries.has(1)).toBe(true);
});

test('what is staged after the deadline of a stop is counted', async () => {
  const world = worldWith({ 'decoder slow': [5, 60] });
  const life = startLife(world);
  await world.clock.advance(5_000);
  world.random.between = (_, max) => max;
  world.publish(world.observe(1));
  await world.clock.advance(1_000);
  await stop(world, life);
  const { received, accepted, rejected } = life.system.ledger.totals;
  expect({ received, accepted, rejected }).toEqual({ received: 1, accepted: 0, rejected: { 'too late': 1 } });
  checkNothingLost(world, life.accepted);
  expect(world.violations).toEqual([]);
});

test('a child that is started again in a maintenance window keeps quiet', async () => {
  const world = worldWith({ 'spansh unreachable': [0, 3], 'log throws': [0, 3] }, { purgeEveryMs: 0 });
  world.random.chance = () => true;
  const life = startLife(world);
  const crashed = new Set<unknown>();
  const error = life.log.error.bind(life.log);
  vi.spyOn(life.log, 'error').mockImplementation((facts, text) => {
    if ('child' in facts) crashed.add(facts.child);
    else error(facts, text);
  });
  await fireUntil(world, () => crashed.has('spansh-updater'));
  life.system.root.send({ type: 'maintenance.begin' });
  await world.clock.advance(50_000);
  expect(world.dumpProgress?.stage).toBe('downloaded');
  life.system.root.send({ type: 'maintenance.end' });
  await world.clock.advance(50_000);
  expect(world.dumpProgress?.stage).toBe('demoted');
  await stop(world, life);
  expect(world.violations).toEqual([]);
});

test('what is told of a system while the database is away brings its parked markets in when it is back', async () => {
  const plan = scenario(1);
  const world = worldWith(
    { 'database down': [20, 60] },
    { systemsKnownAtMs: plan.systemsKnownAtMs.map(() => Infinity) },
  );
  const life = startLife(world);
  await world.clock.advance(10_000);
  world.publish(world.observe(3));
  await world.clock.advance(12_000);
  expect(world.spoolDisk.entries.get(3)?.state).toBe('parked');
  world.publish({ system: 3, observedAtS: world.nowS });
  await world.clock.advance(30_000);
  expect(world.systems).toEqual(new Set());
  // Long before the catalogue looks by itself.
  await world.clock.advance(55_000);
  expect(world.systems).toEqual(new Set(['System 3']));
  expect(world.stations.has(3)).toBe(true);
  await stop(world, life);
  expect(world.violations).toEqual([]);
});
