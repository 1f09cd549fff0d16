import { plainText } from '../../domain/eddn/values.ts';
import { length } from '../daemon/status-lines.ts';
import type { Board, BoardMarket, BoardRow } from './board.ts';
import { number, placeOf, price, summary, was } from './lines.ts';

/** As `tdl stale` has it. */
const STALE_S = 86_400;
const STALE_SHARE = 0.4;
/** No name is cut shorter, as long as anything else can go. */
const NARROWEST = 12;

/** What is shown besides the board. */
export interface Showing {
  readonly title: string;
  /** Where it comes from, and whether it does. */
  readonly state: string;
  /** Of each good (one market, or one good is watched), or of each market. */
  readonly isOfGoods: boolean;
  /** All of it is there: what is not shown has not been seen. */
  readonly isComplete: boolean;
}

interface Column<Row> {
  readonly head: string;
  readonly of: (row: Row) => string;
  readonly isNumber?: true;
  /** The least goes first where the terminal is narrow; none: it is cut. */
  readonly worth?: number;
}

/** A screenful: what is fresh, then what is stale, the newest on top. @returns at most `height` lines of `width` */
export function screen(
  board: Board,
  showing: Showing,
  { nowMs, width, height }: { readonly nowMs: number; readonly width: number; readonly height: number },
): string[] {
  const age = ({ observedAtMs }: { readonly observedAtMs: number | null }) =>
    observedAtMs === null ? '?' : length((nowMs - observedAtMs) / 1_000);
  const head = [showing.title, showing.state];
  const room = Math.max(0, height - head.length);
  const body = showing.isOfGoods
    ? split(board.rows(), goodColumns(age), nowMs, width, room)
    : split(board.markets(), marketColumns(age), nowMs, width, room);
  const waiting = showing.isComplete ? 'nothing is known of it yet' : 'waiting for the first change';
  const lines = [...head, ...(body.length === 0 ? ['', waiting] : body)];
  return lines.slice(0, height).map((line) => line.slice(0, width).trimEnd());
}

function goodColumns(age: (row: BoardRow) => string): Column<BoardRow>[] {
  return [
    { head: 'seen', of: age, isNumber: true, worth: 3 },
    { head: 'system / station', of: placeOf },
    { head: 'good', of: ({ good }) => plainText(good.name), worth: 7 },
    {
      head: 'buy (was)',
      of: (row) => price(row.now.buyPrice, was(row, 'buyPrice')),
      isNumber: true,
      worth: 4,
    },
    { head: 'stock', of: ({ now }) => number(now.stock), isNumber: true, worth: 1 },
    {
      head: 'sell (was)',
      of: (row) => price(row.now.sellPrice, was(row, 'sellPrice')),
      isNumber: true,
      worth: 5,
    },
    { head: 'demand', of: ({ now }) => number(now.demand), isNumber: true, worth: 2 },
  ];
}

function marketColumns(age: (row: BoardMarket) => string): Column<BoardMarket>[] {
  return [
    { head: 'seen', of: age, isNumber: true, worth: 2 },
    { head: 'system / station', of: placeOf },
    { head: 'what has changed', of: ({ changed }) => summary(changed), worth: 1 },
  ];
}

/** Those that are stale get what the others leave them, and some lines where they leave none. */
function split<Row extends { readonly observedAtMs: number | null }>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  nowMs: number,
  width: number,
  room: number,
): string[] {
  const isFresh = ({ observedAtMs }: Row) => observedAtMs !== null && nowMs - observedAtMs <= STALE_S * 1_000;
  const fresh = rows.filter(isFresh);
  const stale = rows.filter((row) => !isFresh(row));
  const most = stale.length === 0 ? 0 : Math.max(Math.floor(room * STALE_SHARE), room - fresh.length - 4);
  return [
    ...section(
      `FRESH (${number(fresh.length)})`,
      fresh,
      columns,
      width,
      room - Math.min(most, stale.length + 4),
    ),
    ...section(`STALE, not seen for 24 h (${number(stale.length)})`, stale, columns, width, most),
  ];
}

function section<Row>(
  title: string,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number,
  room: number,
): string[] {
  // An empty line, the title, the heads.
  const shown = rows.slice(0, Math.max(0, room - 3));
  return shown.length === 0 ? [] : ['', title, ...table(columns, shown, width)];
}

function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string[] {
  const made = columns.map((column) => {
    const cells = [column.head, ...rows.map(column.of)];
    return { column, cells, wide: Math.max(...cells.map((cell) => cell.length)) };
  });
  const needed = () =>
    made.reduce((sum, { column, wide }) => sum + 2 + (isCut(column) ? Math.min(wide, NARROWEST) : wide), -2);
  while (needed() > width && made.length > 1) {
    const least = made.toSorted((a, b) => (a.column.worth ?? 99) - (b.column.worth ?? 99))[0];
    if (least?.column.worth === undefined) break;
    made.splice(made.indexOf(least), 1);
  }
  // The longest names are cut first.
  const widths = made.map(({ wide }) => wide);
  const tooWide = () => widths.reduce((sum, wide) => sum + 2 + wide, -2) - width;
  while (tooWide() > 0) {
    const cut = widths.map((wide, at) => (made[at] !== undefined && isCut(made[at].column) ? wide : 0));
    const widest = cut.indexOf(Math.max(...cut));
    if ((cut[widest] ?? 0) <= 1) break;
    widths[widest] = (widths[widest] ?? 1) - 1;
  }
  return ['', ...rows].map((_, line) =>
    made
      .map(({ column, cells }, at) => {
        const cell = (cells[line] ?? '').slice(0, widths[at]);
        return column.isNumber === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0);
      })
      .join('  '),
  );
}

function isCut({ isNumber }: Column<never>): boolean {
  return isNumber !== true;
}
