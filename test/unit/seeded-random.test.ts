import { expect, test } from 'vitest';
import { SeededRandom } from '../../src/domain/seeded-random.ts';

const many = (draw: () => number) => Array.from({ length: 20_000 }, draw);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('a seed decides what comes, and neighbours differ from the first on', () => {
  const first = (seed: number) => new SeededRandom(seed).next();
  expect(first(7)).toBe(first(7));
  expect(new Set([0, 1, 2, 3].map((seed) => Math.floor(first(seed) * 100))).size).toBe(4);
});

test('a seed that was noted once gives the same numbers in every version', () => {
  const random = new SeededRandom(7);
  expect([random.next(), random.next(), random.next()]).toEqual([
    0.5533256039489061, 0.729822089895606, 0.2578155610244721,
  ]);
});

test('numbers are spread evenly over what they may be', () => {
  const random = new SeededRandom(1);
  const tenths = many(() => Math.floor(random.next() * 10));
  for (let tenth = 0; tenth < 10; tenth++)
    expect(tenths.filter((each) => each === tenth).length).toBeGreaterThan(1_800);
  expect(Math.max(...tenths)).toBe(9);
});

test('what is drawn keeps its bounds and its mean', () => {
  const random = new SeededRandom(2);
  const between = many(() => random.between(10, 20));
  expect([Math.floor(Math.min(...between)), Math.ceil(Math.max(...between))]).toEqual([10, 20]);
  expect([...new Set(many(() => random.integer(3, 5)))].sort()).toEqual([3, 4, 5]);
  expect([...new Set(many(() => random.pick([3, 4, 5])))].sort()).toEqual([3, 4, 5]);
  expect(mean(many(() => (random.chance(0.25) ? 1 : 0)))).toBeCloseTo(0.25, 1);
  expect([random.chance(0), random.chance(1)]).toEqual([false, true]);
  const waits = many(() => random.wait(60));
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
  expect(mean(waits) / 60).toBeCloseTo(1, 1);
});

test('a source of its own is the same whatever the other one draws', () => {
  const [one, other] = [new SeededRandom(3), new SeededRandom(3)];
  expect(new SeededRandom(3).fork().next()).not.toBe(new SeededRandom(4).fork().next());
  const [fork, twin] = [one.fork(), other.fork()];
  for (let i = 0; i < 10; i++) one.next();
  expect([fork.next(), fork.next()]).toEqual([twin.next(), twin.next()]);
});
