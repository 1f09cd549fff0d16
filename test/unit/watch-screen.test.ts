import { describe, expect, test } from 'vitest';
import type { ToldMarket, ToldUpdate } from '../../src/app/watch/source.ts';
import { STATION_SERVICES } from '../../src/domain/ports/store/queries.ts';
import { Board } from '../../src/cli/watch/board.ts';
import { goodLine, marketLine } from '../../src/cli/watch/lines.ts';
import { screen } from '../../src/cli/watch/screen.ts';

const NOW_MS = Date.parse('2026-05-01T12:00:00Z');
const GOLD = 1;
const FUEL = 2;

type Row = NonNullable<ToldUpdate['rows']>[number];

function row(commodityId: number, sellPrice: number | null, previous?: number | null): Row {
  const quote = (price: number | null) => ({
    ...{ buyPrice: null, stock: null, stockLevel: null },
    ...{ sellPrice: price, demand: price === null ? null : 10, demandLevel: null },
  });
  return {
    ...{ commodityId, symbol: null, name: commodityId === GOLD ? 'Gold' : 'Hydrogen Fuel', category: '' },
    ...{ meanPrice: null, ...quote(sellPrice) },
    ...(previous !== undefined && { previous: previous === null ? null : quote(previous) }),
  };
}

function market(marketId: number, marketAgeS: number | null, rows: readonly Row[]): ToldMarket & ToldUpdate {
  return {
    ...{
      marketId,
      name: `Port ${marketId}`,
      systemId: '1',
      systemName: 'Sol',
      position: { x: 0, y: 0, z: 0 },
    },
    ...{ type: null, group: null, lsFromStar: null, maxPad: null, planetary: null, updatedAt: null },
    services: Object.fromEntries(STATION_SERVICES.map((each) => [each, null])) as ToldMarket['services'],
    ...{ marketObservedAt: null, marketAgeS, rows, seq: 1, source: 'live' },
    ...{ priceRatio: null, plausible: null },
  };
}

const showing = { title: 'gold', state: 'live', isOfGoods: true, isComplete: true };
const size = { nowMs: NOW_MS, width: 100, height: 24 };

describe('the screen', () => {
  test('has what is fresh, then what is stale, the newest on top, each with what was', () => {
    const board = new Board();
    board.begin(
      [market(1, 60, [row(GOLD, 900)]), market(2, 90_000, [row(GOLD, 800)]), market(3, null, [row(GOLD, 7)])],
      NOW_MS,
    );
    board.take(market(4, 0, [row(GOLD, 45_012, 44_900)]), NOW_MS);
    expect(screen(board, showing, size)).toEqual([
      'gold',
      'live',
      '',
      'FRESH (2)',
      'seen  system / station  good  buy (was)  stock       sell (was)  demand',
      ' 0 s  Sol / Port 4      Gold          -      -  45,012 (44,900)      10',
      '60 s  Sol / Port 1      Gold          -      -              900      10',
      '',
      'STALE, not seen for 24 h (2)',
      'seen  system / station  good  buy (was)  stock  sell (was)  demand',
      '25 h  Sol / Port 2      Gold          -      -         800      10',
      '   ?  Sol / Port 3      Gold          -      -           7      10',
    ]);
  });

  test('ages grow, by the clock of whoever told them', () => {
    const board = new Board();
    board.begin([market(1, 60, [row(GOLD, 900)])], NOW_MS);
    const later = screen(board, showing, { ...size, nowMs: NOW_MS + 86_400_000 });
    expect(later).toContain('STALE, not seen for 24 h (1)');
    expect(later.at(-1)).toMatch(/^24 h {2}Sol/);
  });

  test.each([120, 80, 60, 40, 20, 5])('never has a line longer than a terminal of %d columns', (width) => {
    const board = new Board();
    board.begin([market(1, 60, [row(GOLD, 45_012), row(FUEL, 110)])], NOW_MS);
    for (const isOfGoods of [true, false]) {
      const lines = screen(board, { ...showing, isOfGoods }, { ...size, width });
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      if (width >= 20) expect(lines.join('\n')).toContain('Sol / Port');
      if (isOfGoods && width >= 40) expect(lines.join('\n')).toContain('45,012');
    }
  });

  test.each([1, 3, 8, 12])(
    'never has more than the %d lines there are, and some of both halves',
    (height) => {
      const board = new Board();
      const many = Array.from({ length: 50 }, (_, i) =>
        market(i + 1, i % 2 === 0 ? 60 : 90_000, [row(GOLD, 900)]),
      );
      board.begin(many, NOW_MS);
      const lines = screen(board, showing, { ...size, height });
      expect(lines.length).toBeLessThanOrEqual(height);
      if (height < 12) return;
      expect(lines.join('\n')).toMatch(/FRESH \(25\)[^]*Port[^]*STALE[^]*\(25\)[^]*Port/);
    },
  );

  test('keeps no more than it can show', () => {
    const board = new Board();
    for (let id = 1; id <= 3_000; id++) board.take(market(id, 0, [row(GOLD, id)]), NOW_MS);
    expect([board.rows().length, board.rows()[0]!.marketId, board.markets().length]).toEqual([
      2_000, 3_000, 2_000,
    ]);
  });
});

describe('lines', () => {
  test('tell a good with what was, remembered where nobody tells', () => {
    const board = new Board();
    board.take(market(1, 0, [row(GOLD, 900)]), NOW_MS);
    const line = (told: Row) => goodLine(board.take(market(1, 0, [told]), NOW_MS)[0]!, 'T');
    expect(line(row(GOLD, 901))).toBe('T  Sol / Port 1  Gold: sell at 901 (900), 10 wanted');
    expect(line(row(GOLD, null))).toBe('T  Sol / Port 1  Gold: not traded any more');
    expect(line(row(GOLD, 5, null))).toBe('T  Sol / Port 1  Gold: sell at 5 (-), 10 wanted');
  });

  test('tell a market with some of its goods', () => {
    const rows = [1, 2, 3, 4, 5].map((id) => row(id, id * 100));
    const line = marketLine(new Board().take(market(1, 0, rows), NOW_MS), 'T');
    expect(line).toMatch(/^T {2}Sol \/ Port 1 {2}5 goods; Gold: sell at 100, 10 wanted; .*; and 2 more$/);
  });
});
