import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replayedDay } from '../../src/domain/eddn/archives.ts';
import { fillable, HeardTimes, isWhole, reportDays, type Span } from '../../src/domain/eddn/heard.ts';

const DAY_S = 86_400;
const TODAY_S = Date.parse('2026-11-28T00:00:00Z') / 1000;
const NOON_S = TODAY_S + DAY_S / 2;
const nothing = () => false;

const heardAt = (...times: readonly number[]) => {
  const heard = new HeardTimes();
  for (const atS of times) heard.note(atS);
  return heard.spans;
};

test('a minute of silence is none, more is a gap; a clock that is set back adds nothing', () => {
  expect(heardAt(100, 160, 221, 281, 230, 200)).toEqual([
    [100, 160],
    [221, 281],
  ]);
  // What is read from the file goes on where it ended.
  const again = new HeardTimes(heardAt(100, 160));
  again.note(190);
  expect(again.spans).toEqual([[100, 190]]);
  again.note(32 * DAY_S);
  expect(again.spans).toEqual([[32 * DAY_S, 32 * DAY_S]]);
});

test('a day that nobody heard is missing, until its archive was replayed; of today what is missing so far', () => {
  const spans: Span[] = [[TODAY_S - 2 * DAY_S - 600, TODAY_S - DAY_S + 3_600]];
  const days = reportDays(spans, NOON_S, (day) => day === '2026-11-25');
  expect(days.map(({ day, missingS }) => [day, missingS]).slice(4)).toEqual([
    ['2026-11-25', DAY_S - 600],
    ['2026-11-26', 0],
    ['2026-11-27', DAY_S - 3_600],
    ['2026-11-28', DAY_S / 2],
  ]);
  expect(days.filter(isWhole).map(({ day }) => day)).toEqual(['2026-11-25', '2026-11-26']);
  expect(fillable(days).map(({ day }) => day)).toEqual([
    '2026-11-21',
    '2026-11-22',
    '2026-11-23',
    '2026-11-24',
    '2026-11-27',
  ]);
});

test('what is missing is counted as somebody would who looks at every minute', () => {
  fc.assert(
    fc.property(
      // Pieces of heard and of silent time, two minutes at least, one after the other.
      fc.array(fc.integer({ min: 2, max: 2_000 }), { minLength: 1, maxLength: 20 }),
      (pieces) => {
        const heardMinutes = new Set<number>();
        const spans: Span[] = [];
        let minute = TODAY_S / 60 - 7 * 1_440;
        pieces.forEach((minutes, i) => {
          if (i % 2 === 1) spans.push([minute * 60, (minute + minutes) * 60]);
          for (let at = minute; at < minute + minutes; at++) if (i % 2 === 1) heardMinutes.add(at);
          minute += minutes;
        });
        const days = reportDays(spans, NOON_S, nothing);
        for (const { day, missingS } of days) {
          const startMinute = Date.parse(day) / 60_000;
          const endMinute = Math.min(startMinute + 1_440, NOON_S / 60);
          let missing = 0;
          let run = 0;
          for (let at = startMinute; at <= endMinute; at++) {
            if (at < endMinute && !heardMinutes.has(at)) run++;
            else {
              if (run > 1) missing += run;
              run = 0;
            }
          }
          expect([day, missingS]).toEqual([day, missing * 60]);
        }
      },
    ),
  );
});

test.each([
  [
    'https://x.example/EDDN/2026-11/Commodity-2026-11-27.jsonl.bz2',
    'Sat, 28 Nov 2026 00:10:00 GMT',
    '2026-11-27',
  ],
  ['/data/Commodity-2026-11-27.jsonl', '12 bytes, 2026-11-28T00:10:00.000Z', '2026-11-27'],
  ['/data/Commodity-2026-11-27.jsonl', '12 bytes, 2026-11-27T20:10:00.000Z', null],
  // The server did not tell.
  ['https://x.example/Commodity-2026-11-27.jsonl.bz2', '', '2026-11-27'],
  ['/data/Journal.Docked-2026-11-27.jsonl', '12 bytes, 2026-11-28T00:10:00.000Z', null],
  ['/data/Commodity-2026-11-31.jsonl', '12 bytes, 2026-12-28T00:10:00.000Z', null],
])('%s, %s: the markets of %j', (name, state, day) => {
  expect(replayedDay(name, state)).toBe(day);
});
