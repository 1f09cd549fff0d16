import { describe, expect, test } from 'vitest';
import { JournalWatchers } from '../../src/actors/journal-watcher/pool.ts';
import type { Finding } from '../../src/domain/colonisation/book/findings.ts';
import { writeKept } from '../../src/domain/colonisation/book/kept.ts';
import { emptySite, type Site } from '../../src/domain/colonisation/book/site.ts';
import { AppError } from '../../src/domain/errors.ts';
import { recordingLog } from '../support/child-world.ts';
import { FOUND, writtenFolder } from '../support/written-folder.ts';
import { TourWorld } from '../support/tour-world.ts';
import { settled } from '../support/virtual-time.ts';

const finding = (marketId: number, tonnes: number): Finding => ({
  kind: 'site',
  site: { ...emptySite(marketId), counted: { steel: { tonnes, atS: 1 } } },
});

/** A daemon that follows one folder, over a database that others write to, too. */
function watchersOf() {
  const world = new TourWorld();
  const { folder, state } = writtenFolder<Finding>();
  const { log, texts } = recordingLog();
  const { store, time } = world;
  const watchers = new JournalWatchers({ folders: [folder], store, time, random: () => 1, log });
  const site = (marketId: number) => {
    const kept = world.kept.get(`site ${marketId}`);
    const tonnes = (JSON.parse(kept?.json ?? '{}') as { state?: Site }).state?.counted.steel?.tonnes;
    return kept && { version: kept.version, tonnes };
  };
  const writeElsewhere = (marketId: number, tonnes: number) => {
    const version = (world.kept.get(`site ${marketId}`)?.version ?? 0) + 1;
    const json = writeKept(finding(marketId, tonnes) as never);
    world.kept.set(`site ${marketId}`, { kind: 'site', id: String(marketId), version, json });
  };
  const told = { times: 0 };
  watchers.onChange(() => (told.times += 1));
  return { world, watchers, folder: state, texts, time, site, writeElsewhere, told };
}

/** Whose folder has told something, and whose database has gone before. */
async function toldWhileAway() {
  const daemon = watchersOf();
  const { folder, time, watchers, world } = daemon;
  watchers.start();
  await time.advance(0);
  folder.kept.length = 0;
  world.isAway = true;
  folder.told.push(finding(1, 5));
  await time.advance(1_000);
  return daemon;
}

describe('a daemon that follows journals', () => {
  test('keeps what is told, and after that how far it has read', async () => {
    const { folder, site, time, told, watchers } = watchersOf();
    folder.told.push(finding(1, 5));
    watchers.start();
    await time.advance(0);
    expect(site(1)).toEqual({ version: 1, tonnes: 5 });
    expect(folder.kept).toEqual([false]);
    // What is kept is known, and what the folder has told.
    expect(told.times).toBe(2);
    await time.advance(1_000);
    expect(folder.looks).toEqual([true, false]);
    expect(told.times).toBe(2);
    await watchers.close();
    expect(folder.kept.at(-1)).toBe(true);
    expect(watchers.watchers()[0]?.state).toBe('closed');
    expect(time.armed).toEqual([]);
  });

  test('reads nothing before what is kept is known, which is asked for every second', async () => {
    const { folder, texts, time, watchers, world, writeElsewhere } = watchersOf();
    world.isAway = true;
    writeElsewhere(7, 9);
    watchers.start();
    await time.advance(3_000);
    expect(folder.looks).toEqual([]);
    expect(await watchers.receive('eve', 1, [finding(1, 5)])).toBe(false);
    world.isAway = false;
    await time.advance(1_000);
    expect(folder.looks.slice(0, 1)).toEqual([true]);
    expect(watchers.sites().map(({ marketId }) => marketId)).toEqual([7]);
    expect(texts().filter((text) => text.includes('what they'))).toEqual([
      'warn journals: what they have told is not to be had from the database, or not written; tried again: away',
      'info journals: what they tell is read and written again',
    ]);
    await watchers.close();
  });

  test('joins what others have written meanwhile, every half minute', async () => {
    const { site, time, told, watchers, writeElsewhere } = watchersOf();
    watchers.start();
    await time.advance(0);
    writeElsewhere(7, 9);
    told.times = 0;
    await time.advance(29_000);
    expect(watchers.sites()).toEqual([]);
    await time.advance(1_000);
    expect(watchers.sites()).toMatchObject([{ marketId: 7 }]);
    expect(told.times).toBe(1);
    await watchers.close();
    // It knows no more of it than they do.
    expect(site(7)).toEqual({ version: 1, tonnes: 9 });
  });

  test('joins what others have written before it', async () => {
    const { folder, site, time, watchers, writeElsewhere } = watchersOf();
    watchers.start();
    await time.advance(0);
    writeElsewhere(1, 9);
    writeElsewhere(1, 8);
    folder.told.push(finding(1, 5), finding(2, 6));
    await time.advance(1_000);
    expect(site(1)?.version).toBe(3);
    expect(site(2)).toEqual({ version: 1, tonnes: 6 });
    await watchers.close();
  });

  test('writes again what has changed while it was written', async () => {
    const { site, time, watchers, world } = watchersOf();
    watchers.start();
    await time.advance(0);
    const gate = Promise.withResolvers<undefined>();
    const putAggregate = world.store.putAggregate.bind(world.store);
    Object.assign(world.store, {
      putAggregate: async (...given: Parameters<typeof putAggregate>) => {
        await gate.promise;
        return putAggregate(...given);
      },
    });
    const first = watchers.receive('eve', 1, [finding(1, 5)]);
    const second = watchers.receive('eve', 1, [finding(1, 9)]);
    gate.resolve(undefined);
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(site(1)).toEqual({ version: 2, tonnes: 9 });
    await watchers.close();
  });

  test('leaves alone what a later version has written, also while it runs', async () => {
    const { folder, texts, time, watchers, world } = watchersOf();
    watchers.start();
    await time.advance(0);
    const foreign = { kind: 'site', id: '1', version: 4, json: '{"schema":99,"state":{"new":true}}' };
    world.kept.set('site 1', foreign);
    folder.told.push(finding(1, 5), finding(2, 6));
    await time.advance(2_000);
    expect(world.kept.get('site 1')).toEqual(foreign);
    expect(world.kept.get('site 2')).toBeDefined();
    expect(texts().filter((text) => text.startsWith('warn'))).toEqual([]);
    await watchers.close();
  });

  test('tries again what cannot be written, later each time, and keeps no place before it is', async () => {
    const { folder, site, time, watchers, world } = await toldWhileAway();
    expect(folder.kept).toEqual([]);
    await time.advance(20_000);
    world.isAway = false;
    await time.advance(60_000);
    expect(site(1)).toEqual({ version: 1, tonnes: 5 });
    expect(folder.kept.length).toBeGreaterThan(0);
    await watchers.close();
  });

  test('that ends while the database is away keeps no place', async () => {
    const { folder, time, watchers } = await toldWhileAway();
    await watchers.close();
    await watchers.close();
    expect(folder.kept).toEqual([]);
    expect(time.armed).toEqual([]);
  });

  test('takes what others send, keeps it before it says so, and knows who they are', async () => {
    const { site, time, watchers } = watchersOf();
    watchers.start();
    await time.advance(0);
    expect(watchers.senders()).toEqual([]);
    expect(await watchers.receive('eve', 3, [finding(1, 5)])).toBe(true);
    expect(site(1)).toEqual({ version: 1, tonnes: 5 });
    await time.advance(500);
    expect(await watchers.receive('eve', 4, [])).toBe(true);
    expect(watchers.senders()).toEqual([{ name: 'eve', lines: 7, lastAtMs: time.now() }]);
    await watchers.close();
    expect(await watchers.receive('eve', 1, [])).toBe(false);
  });

  test('reads all anew once, whoever asks meanwhile, and forgets what is not told any more', async () => {
    const { folder, site, time, watchers } = watchersOf();
    folder.told.push(finding(1, 5));
    watchers.start();
    await time.advance(0);
    const gate = Promise.withResolvers<undefined>();
    folder.rereadGate = gate.promise;
    folder.told.push(finding(1, 3), finding(2, 4));
    const reload = watchers.reload();
    expect(watchers.reload()).toBe(reload);
    gate.resolve(undefined);
    expect(await reload).toEqual({ files: 1, lines: 2, sites: 2, problems: [] });
    expect(site(2)).toEqual({ version: 1, tonnes: 4 });
    folder.looked = null;
    const next = watchers.reload();
    expect(next).not.toBe(reload);
    expect(await next).toEqual({ files: 0, lines: 0, sites: 0, problems: ['there is no folder /j'] });
    expect(watchers.sites()).toHaveLength(2);
    await watchers.close();
  });

  test('has what is told meanwhile in what it reads anew, too', async () => {
    const { folder, time, watchers } = watchersOf();
    watchers.start();
    await time.advance(0);
    const gate = Promise.withResolvers<undefined>();
    folder.rereadGate = gate.promise;
    const reload = watchers.reload();
    folder.told.push(finding(9, 1));
    await time.advance(1_000);
    gate.resolve(undefined);
    expect(await reload).toMatchObject({ sites: 1 });
    expect(watchers.sites()).toMatchObject([{ marketId: 9 }]);
    await watchers.close();
  });

  test('who listens twice leaves once', async () => {
    const { time, watchers } = watchersOf();
    const heard: string[] = [];
    const listener = () => void heard.push('heard');
    const leave = watchers.onChange(listener);
    watchers.onChange(listener);
    leave();
    leave();
    watchers.start();
    await time.advance(0);
    expect(heard).toEqual(['heard']);
    await watchers.close();
  });

  test('tells how far a first reading is, what cannot be read, and what it failed of', async () => {
    const { folder, texts, time, watchers } = watchersOf();
    const gate = Promise.withResolvers<undefined>();
    folder.gate = gate.promise;
    watchers.start();
    await time.advance(0);
    const status = () => watchers.watchers()[0];
    expect(status()).toEqual({
      ...{ folder: '/j', state: 'scanning', files: null, progress: null, problems: [], lastError: null },
    });
    folder.options?.progress({ files: 1, ofFiles: 4, bytes: 30_000_000, ofBytes: 120_000_000 });
    expect(status()).toMatchObject({ state: 'scanning', progress: 0.25 });
    expect(texts()).toEqual(['info journals: 20 % of 120 MB in /j read']);
    folder.options?.progress({ files: 0, ofFiles: 0, bytes: 0, ofBytes: 0 });
    expect(status()?.progress).toBe(0);
    folder.looked = { ...FOUND, problems: ['a: broken'] };
    gate.resolve(undefined);
    await time.advance(0);
    expect(status()).toMatchObject({ state: 'tailing', files: 1, progress: null, problems: ['a: broken'] });
    folder.error = new AppError('journal', 'no right to read it');
    await time.advance(1_000);
    expect(status()).toMatchObject({ state: 'backingOff', files: 1, lastError: 'no right to read it' });
    folder.error = null;
    folder.looked = null;
    await time.advance(2_000);
    expect(status()).toMatchObject({ state: 'absent', lastError: null });
    expect(texts().slice(1)).toEqual([
      'info journals: /j is followed: 1 files, 2 new lines',
      'warn journals: not read in /j, tried again: a: broken',
      'warn journals: no right to read it; it is tried again',
      'warn journals: there is no folder /j; it is looked for again',
    ]);
    await watchers.close();
  });

  test('looks soon at what stirs', async () => {
    const { folder, time, watchers } = watchersOf();
    watchers.start();
    await time.advance(0);
    folder.stir?.();
    await time.advance(50);
    expect(folder.looks).toEqual([true, false]);
    await watchers.close();
    expect(folder.stir).toBeNull();
  });

  test('waits at its end for the look that is under way', async () => {
    const { folder, time, watchers } = watchersOf();
    const gate = Promise.withResolvers<undefined>();
    folder.gate = gate.promise;
    folder.told.push(finding(1, 5));
    watchers.start();
    await time.advance(0);
    let isClosed = false;
    const closing = watchers.close().then(() => (isClosed = true));
    await settled();
    expect(isClosed).toBe(false);
    expect(folder.options?.signal.aborted).toBe(true);
    gate.resolve(undefined);
    await closing;
    expect(watchers.sites()).toHaveLength(1);
  });
});
