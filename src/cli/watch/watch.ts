import type { Bootstrap } from '../../app/bootstrap.ts';
import {
  watchSource,
  type ToldEvent,
  type WatchHandlers,
  type WatchRequest,
} from '../../app/watch/source.ts';
import { EXIT } from '../../domain/errors.ts';
import { withSettings } from '../one-shot.ts';
import { marketId } from '../questions/market.ts';
import { length } from '../daemon/status-lines.ts';
import { Board } from './board.ts';
import { goodLine, marketLine } from './lines.ts';
import { screen, type Showing } from './screen.ts';

interface Options extends WatchRequest {
  readonly json: boolean;
}

const LOOKS_ONLY = true;

/** `watch`: what changes, as it comes; a live view in a terminal, else a line each. Ends with Ctrl-C, and then with 0. */
export function run({ json, ...request }: Options): Promise<number> {
  return withSettings(async (base) => {
    const end = new AbortController();
    const stop = () => end.abort();
    process.on('SIGINT', stop).on('SIGTERM', stop);
    // Whoever has read enough closes the pipe.
    process.stdout.on('error', stop);
    try {
      await watch(base, request, json, end.signal);
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    }
    return EXIT.ok;
  }, LOOKS_ONLY);
}

async function watch(
  base: Bootstrap,
  request: WatchRequest,
  json: boolean,
  signal: AbortSignal,
): Promise<void> {
  const source = await watchSource(base, marketId);
  if (!json && process.stdout.isTTY) {
    const view = new LiveView(request, source.description);
    try {
      await source.watch(request, view, signal);
    } finally {
      view.close();
    }
    return;
  }
  process.stderr.write(`from ${source.description}\n`);
  await source.watch(request, json ? new JsonLines() : new Lines(isOfGoods(request)), signal);
}

/** One market, or one good: its goods are told one by one. */
function isOfGoods({ market, commodity }: WatchRequest): boolean {
  return market !== undefined || commodity !== undefined;
}

/** What is lost, and that it is back, goes where it disturbs no program that reads the rest. */
abstract class Told implements WatchHandlers {
  #isLost = false;

  readonly onConnected = () => {
    if (this.#isLost) process.stderr.write('it is heard again\n');
    this.#isLost = false;
  };

  readonly onLost = (why: string, retryMs: number | null) => {
    this.#isLost = true;
    process.stderr.write(`${lostText(why, retryMs)}\n`);
  };

  abstract onEvent(event: ToldEvent): void;
}

class JsonLines extends Told {
  onEvent(event: ToldEvent): void {
    if (event.event !== 'position') process.stdout.write(`${JSON.stringify(event)}\n`);
  }
}

class Lines extends Told {
  readonly #board = new Board();
  readonly #isOfGoods: boolean;

  constructor(isOfGoods: boolean) {
    super();
    this.#isOfGoods = isOfGoods;
  }

  onEvent({ event, data }: ToldEvent): void {
    const nowMs = Date.now();
    if (event === 'snapshot') {
      this.#board.begin(data.markets, nowMs);
      const seen = ({ observedAtMs }: { observedAtMs: number | null }) =>
        observedAtMs === null ? 'never seen' : time(observedAtMs);
      const lines = this.#isOfGoods
        ? this.#board.rows().map((row) => goodLine(row, seen(row)))
        : this.#board.markets().map((market) => marketLine(market.changed, seen(market)));
      this.#say(lines.reverse());
    } else if (event === 'market') {
      const rows = this.#board.take(data, nowMs);
      const at = time(nowMs);
      this.#say(this.#isOfGoods ? rows.map((row) => goodLine(row, at)) : [marketLine(rows, at)]);
    }
  }

  #say(lines: readonly string[]): void {
    for (const line of lines) if (line !== '') process.stdout.write(`${line}\n`);
  }
}

const PAINT_MS = 1_000;
/** Another screen, which leaves the one before as it was; no cursor. */
const OPEN = '\u001b[?1049h\u001b[?25l';
const CLOSE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const TO_END_OF_LINE = '\u001b[K';
const TO_END = '\u001b[J';

class LiveView implements WatchHandlers {
  readonly #board = new Board();
  readonly #from: string;
  #showing: Showing;
  readonly #timer: NodeJS.Timeout;

  constructor(request: WatchRequest, from: string) {
    this.#from = from;
    this.#showing = {
      ...{ title: titleOf(request), state: `connecting to ${from}` },
      ...{ isOfGoods: isOfGoods(request), isComplete: false },
    };
    process.stdout.write(OPEN);
    this.#timer = setInterval(this.#paint, PAINT_MS);
    process.stdout.on('resize', this.#paint);
    this.#paint();
  }

  readonly onConnected = () => this.#show({ state: `live from ${this.#from}` });

  readonly onLost = (why: string, retryMs: number | null) => this.#show({ state: lostText(why, retryMs) });

  readonly onEvent = ({ event, data }: ToldEvent) => {
    if (event === 'snapshot') {
      this.#board.begin(data.markets, Date.now());
      this.#show({ isComplete: data.isComplete });
    } else if (event === 'market') {
      this.#board.take(data, Date.now());
      this.#show({});
    }
  };

  close(): void {
    clearInterval(this.#timer);
    process.stdout.off('resize', this.#paint);
    process.stdout.write(CLOSE);
  }

  #show(changed: Partial<Showing>): void {
    this.#showing = { ...this.#showing, ...changed };
    this.#paint();
  }

  readonly #paint = () => {
    const { columns: width, rows: height } = process.stdout;
    const lines = screen(this.#board, this.#showing, { nowMs: Date.now(), width, height });
    process.stdout.write(`${HOME}${lines.map((line) => `${line}${TO_END_OF_LINE}`).join('\r\n')}${TO_END}`);
  };
}

function titleOf({ market, commodity, near, within }: WatchRequest): string {
  const parts = [market, commodity].filter((part) => part !== undefined);
  const where = near === undefined ? '' : ` within ${within ?? 50} ly of ${near}`;
  return `${parts.length === 0 ? 'all markets' : parts.join(', ')}${where}; Ctrl-C ends`;
}

function lostText(why: string, retryMs: number | null): string {
  return `not connected: ${why}${retryMs === null ? '' : `; trying again in ${length(retryMs / 1_000)}`}`;
}

function time(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
