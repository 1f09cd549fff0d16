import { expect, test } from 'vitest';
import { createExporter } from '../../src/actors/exporter/child.ts';
import { DEFAULT_SETTINGS } from '../../src/actors/settings.ts';
import type { ChunkSink, ExportCount } from '../../src/domain/ports/store/market-store.ts';
import { childWorld } from '../support/child-world.ts';
import { settled } from '../support/virtual-time.ts';

interface Files {
  read?: (signal: AbortSignal) => Promise<ExportCount>;
  commit?: () => Promise<{ bytes: number; changed: boolean }>;
}

/** An exporter of two stations, and what became of its files. */
function exporterOf(files: Files = {}) {
  const done: string[] = [];
  let settings = DEFAULT_SETTINGS;
  const world: ReturnType<typeof childWorld<ReturnType<typeof createExporter>>> = childWorld(createExporter, {
    settings: () => settings,
    store: {
      exportListings: (which: string, _: ChunkSink, signal: AbortSignal) => {
        done.push(`read ${which}`);
        return files.read?.(signal) ?? Promise.resolve({ rows: 10, stations: 2 });
      },
    },
    liveListing: {
      stageFile: async (produce: (sink: () => Promise<void>) => Promise<ExportCount>) => ({
        result: await produce(() => Promise.resolve()),
        commit: () => {
          done.push('public');
          return files.commit?.() ?? Promise.resolve({ bytes: 100, changed: true });
        },
        discard: () => Promise.resolve(void done.push('discarded')),
      }),
    },
    tell: (name: string, event: { type: string }) => {
      if (name === 'exporter') world.actor.send(event);
      else done.push(`${name}: ${JSON.stringify(event)}`);
    },
  });
  const configure = (intervalMs: number) => {
    settings = { ...settings, exporter: { ...settings.exporter, intervalMs } };
    world.child.bringUpToDate?.();
  };
  return { ...world, done, files, configure };
}

test('the listing is written whole, made public, told, and written again after the interval', async () => {
  const { child, done, lines, start, time } = exporterOf();
  await start();
  expect(done).toEqual(['read live', 'public']);
  expect(lines).toEqual([
    [
      'info',
      'listings-live.csv: 10 rows of 2 stations',
      { rows: 10, stations: 2, bytes: 100, changed: true },
    ],
  ]);
  await time.advance(299_000);
  expect(done).toHaveLength(2);
  await time.advance(1_000);
  expect(done).toHaveLength(4);
  expect(child).toMatchObject({ runs: 'elected', database: { saysQuiet: true } });
});

test('a file that is as it was is said to be unchanged', async () => {
  const { start, texts } = exporterOf({ commit: () => Promise.resolve({ bytes: 100, changed: false }) });
  await start();
  expect(texts()).toEqual(['info listings-live.csv: 10 rows of 2 stations, unchanged']);
});

test('another interval counts from the next export on', async () => {
  const { configure, done, start, time } = exporterOf();
  await start();
  configure(60_000);
  await time.advance(300_000);
  done.length = 0;
  await time.advance(60_000);
  expect(done).toEqual(['read live', 'public']);
});

test('whoever asks gets an export that began after he asked', async () => {
  const { child, done, start } = exporterOf();
  await start();
  done.length = 0;
  const asked = child.exportNow();
  await expect(asked).resolves.toEqual({ rows: 10, stations: 2, bytes: 100, changed: true });
  expect(done).toEqual(['read live', 'public']);
});

test('whoever asks while one is read gets the next', async () => {
  const read = Promise.withResolvers<ExportCount>();
  const { child, done, files, start } = exporterOf({ read: () => read.promise });
  await start();
  const asked = child.exportNow();
  delete files.read;
  read.resolve({ rows: 1, stations: 1 });
  await expect(asked).resolves.toMatchObject({ rows: 10 });
  expect(done).toEqual(['read live', 'public', 'read live', 'public']);
});

test.each(['read', 'commit'] as const)(
  'whoever asked hears why the file cannot be had: its %s',
  async (what) => {
    const { child, files, start, texts } = exporterOf();
    await start();
    Object.assign(files, { [what]: () => Promise.reject(new Error('broken')) });
    await expect(child.exportNow()).rejects.toThrow('broken');
    expect(texts().at(-1)).toBe('error listings-live.csv not published: broken');
  },
);

test('trouble is told once, until a file was published', async () => {
  const { files, lines, start, texts, time } = exporterOf({ read: () => Promise.reject(new Error('away')) });
  await start();
  await time.advance(10_000);
  expect(lines).toEqual([['error', 'listings-live.csv not published: away', { attempt: 1, error: 'away' }]]);
  const { read } = files;
  delete files.read;
  await time.advance(60_000);
  files.read = read!;
  await time.advance(400_000);
  expect(texts().map((text) => text.slice(0, 5))).toEqual(['error', 'info ', 'error']);
});

test('a maintenance window begins when the database is not read any more; whoever asked gets his file after it', async () => {
  const read = Promise.withResolvers<ExportCount>();
  const signals: AbortSignal[] = [];
  const { child, done, files, send, start } = exporterOf();
  await start();
  done.length = 0;
  files.read = (signal) => {
    signals.push(signal);
    return read.promise;
  };
  const asked = child.exportNow();
  await settled();
  await send('database.quiesce');
  expect(signals[0]?.aborted).toBe(true);
  expect(done).toEqual(['read live']);
  read.reject(new Error('aborted'));
  await settled();
  expect(done.slice(1)).toEqual(['maintenance-window: {"type":"database.quiet","user":"exporter"}']);
  delete files.read;
  await send('database.release');
  await expect(asked).resolves.toMatchObject({ rows: 10 });
});

test('a file that was read to its end after all when it was stopped is discarded', async () => {
  const read = Promise.withResolvers<ExportCount>();
  const { child, done, send, start } = exporterOf({ read: () => read.promise });
  await start();
  await send('stop');
  read.resolve({ rows: 10, stations: 2 });
  await settled();
  expect(done).toEqual(['read live', 'discarded']);
  await child.dispose?.();
  expect(done).toHaveLength(2);
});
