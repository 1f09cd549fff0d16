import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { decompress } from '../../src/infra/feed/decompress.ts';
import { archiveDay, writeDay, type Packing } from '../../test/support/archive-day.ts';
import type { Execute } from '../generators/galaxy.ts';
import { LOAD } from '../generators/feed.ts';
import { groupsOf } from '../generators/markets.ts';
import { onBoth, type DaemonDatabase } from '../harness/daemon.ts';
import { compare } from '../harness/measure.ts';
import type { Benchmark, Comparison, RunOptions } from '../harness/types.ts';
import { bareWriter, replayOnce, stage } from './replay.ts';

const UNIT = 'market messages';
/** Stations of a transaction of the bare loop. */
const GROUP = 100;

export const benchmark: Benchmark = {
  about:
    'A day of the public archive (markets of 90 and 350 rows, nine messages of each, and who docked there) replayed ' +
    'into an empty database: the whole `tdl replay`, beside a bare loop with the same decoder that parses every line ' +
    'and writes the newest snapshot of every market. A real day has 80,000 messages.',
  size: 8_000,
  unit: UNIT,
  rounds: 3,
  run: (options) => onBoth((database) => measure(database, options)),
};

async function measure(database: DaemonDatabase, options: RunOptions): Promise<Comparison[]> {
  const day = archiveDay({ ...LOAD, messages: options.size });
  const others = database.server === null ? [] : [database.server.pid];
  const { writer, close } = await bareWriter(database, (execute) => addStations(execute, day.docked));
  const empty = async () => {
    for (const table of ['StationItem', 'Station', 'System']) await database.execute(`DELETE FROM ${table}`);
  };
  const results: Comparison[] = [];
  try {
    for (const packing of ['plain', 'single', 'multi'] as const satisfies readonly Packing[]) {
      const files = writeDay(database.cwd, day, packing);
      let peakMiB = 0;
      const measured = await compare(
        options,
        {
          prepare: empty,
          run: () => undefined,
          cost: async () => {
            const { cost, rssMiB } = await replayOnce(database, files, others);
            peakMiB = Math.max(peakMiB, rssMiB);
            return cost;
          },
        },
        [
          {
            name: `the same decoder, JSON.parse, ${writer.names.fresh} of the newest`,
            others,
            prepare: async () => {
              await writer.clear();
              await writer.settle();
            },
            run: async () => {
              for (const group of groupsOf(stage([...(await newest(files)).values()]), GROUP))
                await writer.insert(group);
            },
          },
        ],
      );
      const name = `${database.backend}, ${packing === 'plain' ? 'not compressed' : `bzip2, ${packing}-stream`}`;
      const { size } = options;
      results.push({ name, amount: size, unit: UNIT, budget: 0.6, ...measured, peakRssMiB: peakMiB });
    }
    return results;
  } finally {
    close();
  }
}

interface Parsed {
  readonly message: { readonly marketId?: number; readonly timestamp: string };
}

/** The text of the newest message of every market. */
async function newest(files: readonly string[]): Promise<Map<number, string>> {
  const texts = new Map<number, { readonly text: string; readonly at: string }>();
  for (const file of files) {
    const chunks = createReadStream(file, { highWaterMark: 128 * 1024 })[Symbol.asyncIterator]();
    const bytes = Readable.from(decompress(chunks as AsyncGenerator<Uint8Array, void>));
    for await (const text of createInterface({ input: bytes })) {
      const { marketId, timestamp: at } = (JSON.parse(text) as Parsed).message;
      if (marketId === undefined || at < (texts.get(marketId)?.at ?? '')) continue;
      texts.set(marketId, { text, at });
    }
  }
  return new Map(Array.from(texts, ([id, { text }]) => [id, text]));
}

async function addStations(execute: Execute, docked: readonly string[]): Promise<void> {
  await execute(`INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (1, 'Sol', 0, 0, 0)`);
  const ids = docked.map((text) => (JSON.parse(text) as { message: { MarketID: number } }).message.MarketID);
  for (const group of groupsOf(ids, 1_000)) {
    const values = group.map((id) => `(${id}, 'Station', 1)`);
    await execute(`INSERT INTO Station (station_id, name, system_id) VALUES ${values.join()}`);
  }
}
