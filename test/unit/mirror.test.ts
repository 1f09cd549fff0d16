import { expect, test } from 'vitest';
import { createMirror } from '../../src/actors/mirror/child.ts';
import type { Leader } from '../../src/domain/ports/upkeep/leadership.ts';
import { childWorld } from '../support/child-world.ts';

const other: Leader = { epoch: 3, name: 'other', url: 'http://other:8080', sinceS: 0 };

/** A mirror where this daemon sees that one leading. */
function mirrorOf(fetch: (url: string, signal: AbortSignal, mayReplace: () => boolean) => Promise<string[]>) {
  const seen: { leads: boolean; leader: Leader | null } = { leads: false, leader: other };
  const urls: string[] = [];
  const world = childWorld(createMirror, {
    mirror: {
      fetch: (url: string, signal: AbortSignal, mayReplace: () => boolean) => {
        urls.push(url);
        return fetch(url, signal, mayReplace);
      },
    },
    present: (name: string) =>
      name === 'leadership' && {
        getSnapshot: () => ({
          hasTag: (tag: string) => tag === 'leads' && seen.leads,
          context: { leader: seen.leader },
        }),
      },
  });
  return { ...world, seen, urls };
}

test('the files of the daemon that leads are looked at every now and then, and told where they were new', async () => {
  const files = [['listings.csv', 'System.csv'], []];
  const { lines, start, time, urls } = mirrorOf(() => Promise.resolve(files.shift() ?? []));
  await start();
  await time.advance(2_000);
  expect(urls).toEqual(['http://other:8080']);
  await time.advance(2_000);
  expect(urls).toHaveLength(2);
  expect(lines).toEqual([
    ['info', 'mirror: 2 files are those of the daemon that leads', { files: ['listings.csv', 'System.csv'] }],
  ]);
});

test('a daemon that leads fetches from nobody, nor does one that knows nobody', async () => {
  const { lines, seen, start, time, urls } = mirrorOf(() => Promise.resolve([]));
  seen.leads = true;
  await start();
  await time.advance(10_000);
  seen.leads = false;
  seen.leader = null;
  await time.advance(10_000);
  expect(urls).toEqual([]);
  expect(lines).toEqual([]);
});

test('nothing is replaced with the files of one that leads no longer', async () => {
  const may: (() => boolean)[] = [];
  const { seen, start, time } = mirrorOf((_, __, mayReplace) => {
    may.push(mayReplace);
    return Promise.resolve([]);
  });
  await start();
  await time.advance(2_000);
  expect(may[0]?.()).toBe(true);
  seen.leader = { ...other, epoch: 4 };
  expect(may[0]?.()).toBe(false);
  seen.leader = other;
  seen.leads = true;
  expect(may[0]?.()).toBe(false);
});

test('trouble is told once, until files have been fetched', async () => {
  let isDown = true;
  const { lines, start, texts, time } = mirrorOf(() =>
    isDown ? Promise.reject(new Error('refused')) : Promise.resolve([]),
  );
  await start();
  await time.advance(10_000);
  expect(lines).toEqual([['error', 'mirror: the files stay: refused', { attempt: 1, error: 'refused' }]]);
  isDown = false;
  await time.advance(40_000);
  isDown = true;
  await time.advance(10_000);
  expect(texts()).toHaveLength(2);
});

test('it ends when what it fetched has been given up', async () => {
  const fetched = Promise.withResolvers<string[]>();
  let ended = false;
  const { child, send, start, time } = mirrorOf((_, signal) => {
    signal.addEventListener('abort', () => fetched.reject(signal.reason as Error));
    return fetched.promise.finally(() => (ended = true));
  });
  await start();
  await time.advance(2_000);
  await send('stop');
  await child.dispose?.();
  expect(ended).toBe(true);
});

test('alone it fetches nothing', async () => {
  const { start, time } = childWorld(createMirror, { mirror: null });
  await start();
  expect(time.armed).toEqual([]);
});
