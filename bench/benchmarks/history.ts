import { copyFileSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { dayName, dayOf } from '../../src/domain/history/days.ts';
import type { HistoryReader, HistoryRecorder } from '../../src/domain/ports/publishing/history.ts';
import { historyPlaces } from '../../src/infra/history/places.ts';
import { createHistoryReader } from '../../src/infra/history/reader.ts';
import { createHistoryRecorder } from '../../src/infra/history/recorder.ts';
import { MarketDay } from '../generators/market-day.ts';
import { GOODS } from '../generators/markets.ts';
import { rssMiB } from '../harness/measure.ts';
import { median } from '../harness/statistics.ts';
import { tempDir } from '../harness/temp-dir.ts';
import type { Benchmark, Figures } from '../harness/types.ts';

const LOG = '00000000-0000-4000-8000-000000000001';
const DAY = dayOf(Date.UTC(2026, 2, 1) / 1000);
const DAY_S = 86_400;
const MONTH = 30;
const MIB = 2 ** 20;
const PAGE = 100;
/** Of the rows of a market that is seen again: those with another price, or with other units at least. */
const PRICES_MOVE = 0.2;
const UNITS_MOVE = 0.6;
const QUESTIONS = 9;

export const benchmark: Benchmark = {
  about:
    'The history of a day: so many messages of a quarter as many markets (90 or 350 rows, 190 on average; the third that ' +
    'is visited most has half of the visits; in a fifth of the rows the price is another one than when the market was last ' +
    'seen: assumed, no archive says it), recorded, closed, and asked with 29 more days like it. The other size is that of the ' +
    'same day if other units were a change, too (three fifths of the rows).',
  size: 80_000,
  unit: 'market messages',
  rounds: 1,
  async run({ size }) {
    const directory = tempDir();
    const names = new Map(GOODS.map(({ id, name }) => [id, name]));
    const recorder = createHistoryRecorder(directory);
    const reader = createHistoryReader(directory);
    try {
      const day = new MarketDay(Math.ceil(size / 4));
      await recorder.goOn({ logId: LOG, seq: 0 }, 'begun', DAY * DAY_S);
      let seq = 0;
      const recordDay = async (of: number, markets: readonly number[], share: number) => {
        for (let at = 0; at < markets.length; at += PAGE) {
          const some = [...new Set(markets.slice(at, at + PAGE))];
          const atS = of * DAY_S + Math.floor((at / markets.length) * DAY_S);
          if (share > 0) for (const market of some) day.move(market, share);
          const changes = some.map((market) => ({
            ...{ seq: ++seq, kind: 'market' as const, id: BigInt(day.id(market)) },
            ...{ observedAtS: atS, writtenAtS: atS, source: 'live' as const },
          }));
          const after = { logId: LOG, seq: seq - changes.length };
          await recorder.record({ after, changes, markets: some.map((market) => day.seen(market, atS)) });
        }
        await recorder.reached((of + 1) * DAY_S);
      };
      const visits = Array.from({ length: size }, () => day.pick());
      await recordDay(DAY, [...Array(day.markets).keys()], 0);
      const first = await recorder.closeDay(DAY, names);
      const recordStartMs = performance.now();
      await recordDay(DAY + 1, visits, PRICES_MOVE);
      const recordS = (performance.now() - recordStartMs) / 1_000;
      const closing = await closeAndWatch(recorder, DAY + 1, names);
      await recordDay(DAY + 2, visits.slice(0, size / 8), UNITS_MOVE);
      const withUnits = await recorder.closeDay(DAY + 2, names);
      const files = historyPlaces(directory);
      const figures: Figures[] = [
        {
          name: 'a day',
          figures: {
            changes: closing.day.changes,
            'file MiB': closing.day.bytes / MIB,
            'bytes a change': closing.day.bytes / closing.day.changes,
            'MiB if units were a change': (8 * withUnits.bytes) / MIB,
            'first day MiB': first.bytes / MIB,
            'running file MiB': statSync(files.runningFile).size / MIB,
            'ms to record a message': (1_000 * recordS) / size,
          },
        },
        {
          name: 'closing it',
          figures: { s: closing.s, 'RSS before MiB': closing.beforeMiB, 'peak RSS MiB': closing.peakMiB },
        },
      ];
      copyDays(directory, DAY + 1, MONTH);
      return [...figures, await askMonth(reader, day)];
    } finally {
      await recorder.close();
      await reader.close();
    }
  },
};

async function closeAndWatch(recorder: HistoryRecorder, day: number, names: ReadonlyMap<number, string>) {
  const beforeMiB = rssMiB(process.pid) ?? NaN;
  let peakMiB = beforeMiB;
  const timer = setInterval(() => (peakMiB = Math.max(peakMiB, rssMiB(process.pid) ?? NaN)), 50);
  const startMs = performance.now();
  const closed = await recorder.closeDay(day, names);
  clearInterval(timer);
  return { day: closed, s: (performance.now() - startMs) / 1_000, beforeMiB, peakMiB };
}

/** The days after it are the same. */
function copyDays(directory: string, day: number, count: number): void {
  const files = historyPlaces(directory);
  using db = new DatabaseSync(files.runningFile);
  db.exec(`DELETE FROM day WHERE day > ${day}`);
  for (let other = day + 1; other < day + count; other++) {
    copyFileSync(files.prices(day), files.prices(other));
    copyFileSync(files.hours(day), files.hours(other));
    db.exec(
      `INSERT INTO day (day, is_closed, changes, bytes, hours, first_s, last_s)
       SELECT ${other}, 1, changes, bytes, hours, first_s, last_s FROM day WHERE day = ${day}`,
    );
  }
}

async function askMonth(reader: HistoryReader, day: MarketDay): Promise<Figures> {
  const month = { fromS: (DAY + 1) * DAY_S, toS: (DAY + 1 + MONTH) * DAY_S };
  const time = async (ask: (round: number) => Promise<unknown>) => {
    const times: number[] = [];
    for (let round = 0; round < QUESTIONS; round++) {
      const startMs = performance.now();
      await ask(round);
      times.push(performance.now() - startMs);
    }
    return median(times.slice(1));
  };
  const most = (await reader.market(day.id(0), null, month)).points.length;
  const good = GOODS[200]!.id;
  return {
    name: `${MONTH} days from ${dayName(DAY + 1)}, median`,
    figures: {
      'ms the market visited most': await time(() => reader.market(day.id(0), null, month)),
      'its changes': most,
      'ms another market': await time((round) => reader.market(day.id(day.markets / 2 + round), null, month)),
      'ms one good of a market': await time((round) => reader.market(day.id(round), good, month)),
      'ms a good by hour': await time((round) => reader.commodity(good + round, month, 3_600)),
    },
  };
}
