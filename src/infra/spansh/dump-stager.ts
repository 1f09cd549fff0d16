import { BatchRows } from '../../domain/spansh/batch.ts';
import { NO_BLOCKS, type BlockCounts } from '../../domain/spansh/block-counts.ts';
import { believedS } from '../../domain/market/write-rule.ts';
import { findId, isKnownSystem, NEVER, type Known } from '../../domain/spansh/known.ts';
import { ProblemLog } from '../../domain/spansh/problems.ts';
import type {
  DumpBatch,
  DumpRules,
  SeenItem,
  SeenShip,
  SeenUpgrade,
  SystemRow,
} from '../../domain/spansh/records.ts';
import { Seen } from '../../domain/spansh/seen.ts';
import { findCategories, stageMarket, type CategoryFinder } from '../../domain/spansh/stage-market.ts';
import { stageStation, stageStationId } from '../../domain/spansh/stage-station.ts';
import { stageSystem } from '../../domain/spansh/stage-system.ts';
import { stageOutfitting, stageShipyard } from '../../domain/spansh/stage-vendors.ts';
import { readPastTime } from '../../domain/spansh/times.ts';
import { plain } from '../../domain/spansh/values.ts';
import { parseTimestamp } from '../../domain/timestamp.ts';
import { BrokenJson, JsonCursor, SENTINEL, type Span } from './json-cursor.ts';
import { locateSystem, type LocatedBlock, type LocatedStation } from './locate.ts';

type Block = keyof BlockCounts['tooOld'];
type MarketFate = keyof BlockCounts['markets'];

export interface StagedText extends DumpBatch {
  /** Whether the last thing in the text was the array's closing bracket; null: the text was blank. */
  readonly closed: boolean | null;
}

const LINE_FEED = 0x0a;
const SAMPLE_BYTES = 80;

/**
 * Makes batches of pieces of a dump. Only what the database does not know is parsed; the rest is passed over.
 * Whatever is wrong is counted and left out: no text makes it throw.
 */
export class DumpStager {
  readonly #rules: DumpRules;
  readonly #known: Known | null;
  readonly #categoryOf: CategoryFinder;
  readonly #items = new Seen<SeenItem>();
  readonly #ships = new Seen<SeenShip>();
  readonly #upgrades = new Seen<SeenUpgrade>();
  #text: Buffer = Buffer.alloc(0);
  #problems = new ProblemLog();
  #rows = new BatchRows();
  #systemsRead = 0;
  #stationsRead = 0;
  #closed: boolean | null = null;
  #tooOld: Record<Block, number> = { ...NO_BLOCKS.tooOld };
  #markets: Record<MarketFate, number> = { ...NO_BLOCKS.markets };

  /** @param known null: everything is new */
  constructor(rules: DumpRules, known: Known | null) {
    this.#rules = rules;
    this.#known = known;
    this.#categoryOf = findCategories(rules);
  }

  /** @param text whole lines and, behind them, {@link SENTINEL} */
  stage(text: Buffer): StagedText {
    this.#text = text;
    this.#problems = new ProblemLog();
    this.#rows = new BatchRows();
    this.#systemsRead = 0;
    this.#stationsRead = 0;
    this.#closed = null;
    this.#tooOld = { ...NO_BLOCKS.tooOld };
    this.#markets = { ...NO_BLOCKS.markets };
    const length = text.length - SENTINEL.length;
    for (let start = 0; start < length;) {
      const lineFeed = text.indexOf(LINE_FEED, start);
      const end = lineFeed === -1 ? length : lineFeed;
      this.#line(start, end);
      start = end + 1;
    }
    return {
      systems: this.#rows.systems,
      stations: this.#rows.stations,
      items: this.#items.take(),
      ships: this.#ships.take(),
      upgrades: this.#upgrades.take(),
      systemsRead: this.#systemsRead,
      stationsRead: this.#stationsRead,
      problems: this.#problems.counts(),
      blocks: { tooOld: this.#tooOld, markets: this.#markets },
      closed: this.#closed,
    };
  }

  /** A line has a system and a comma; or brackets of the array; or more of all that. */
  #line(start: number, end: number): void {
    const cursor = new JsonCursor(this.#text, start, end);
    try {
      for (;;) {
        cursor.skipBlanks();
        const next = cursor.peek();
        if (next === '') return;
        this.#closed = next === ']';
        if (next === '{') this.#system(cursor);
        else if (next === '[' || next === ',' || next === ']') cursor.at++;
        else throw new BrokenJson();
      }
    } catch (error) {
      if (!(error instanceof BrokenJson)) throw error;
      this.#closed = false;
      this.#problems.note('invalid JSON', () => this.#sample({ start, end }));
    }
  }

  #system(cursor: JsonCursor): void {
    const located = locateSystem(cursor);
    const row = stageSystem(
      {
        idToken: this.#token(located.id64),
        name: this.#parse(located.name),
        coords: this.#parse(located.coords),
        date: this.#parse(located.date),
        updateTime: this.#parse(located.updateTime),
      },
      this.#rules,
      this.#problems.note,
    );
    if (row === null) return;
    this.#systemsRead++;
    if (this.#known === null || !isKnownSystem(this.#known, row, this.#rules.notAfterS))
      this.#rows.addSystem(row);
    for (const station of located.stations) this.#station(station, row);
  }

  #station(located: LocatedStation, system: SystemRow): void {
    const { note } = this.#problems;
    const token = this.#token(located.id);
    const where = () => `station ${plain(token)} in ${plain(system.name)}`;
    const id = stageStationId(token, note, where);
    if (id === null) return;
    try {
      const known = this.#known?.stations;
      const index = known === undefined ? -1 : findId(known.ids, id);
      const { generation, notAfterS } = this.#rules;
      const timeS = readPastTime(this.#parse(located.updateTime), notAfterS, note, where) ?? 0;
      let row = null;
      if (timeS > (believedS(known?.rowS[index], notAfterS) ?? NEVER)) {
        const body = this.#parse(located.body);
        row = stageStation(this.#head(located), id, system.id, timeS, generation, note, where, body);
        if (row === null) return;
      }
      this.#stationsRead++;
      const market = this.#block('markets', located.market, known?.marketS[index], where, (block) =>
        stageMarket(block, this.#categoryOf, this.#items, note, where),
      );
      const shipyard = this.#block('shipyards', located.shipyard, known?.shipyardS[index], where, (block) =>
        stageShipyard(block, this.#ships, note, where),
      );
      const outfitting =
        generation === 'v12'
          ? this.#block('outfitters', located.outfitting, known?.outfittingS[index], where, (block) =>
              stageOutfitting(block, this.#upgrades, note, where),
            )
          : null;
      if (row === null && market === null && shipyard === null && outfitting === null) return;
      this.#rows.addStation({
        id,
        row,
        market: market && { observedAtS: market.observedAtS, rows: market.staged },
        shipyard: shipyard && { observedAtS: shipyard.observedAtS, ids: shipyard.staged },
        outfitting: outfitting && { observedAtS: outfitting.observedAtS, ids: outfitting.staged },
      });
    } catch (error) {
      if (!(error instanceof BrokenJson)) throw error;
      note('invalid JSON', () => `${where()}: ${this.#sample(located.span)}`);
    }
  }

  /** @returns null when the block is absent, out of date, known or empty */
  #block<T>(
    kind: Block,
    located: LocatedBlock | undefined,
    knownS: number | undefined,
    where: () => string,
    stage: (block: unknown) => T | null,
  ): { readonly observedAtS: number; readonly staged: T } | null {
    if (located === undefined) return null;
    const { blocksNotBeforeS, notAfterS } = this.#rules;
    const told = this.#parse(located.updateTime);
    const fate = (market: MarketFate) => {
      if (kind === 'markets') this.#markets[market]++;
    };
    const observedAtS = readPastTime(told, notAfterS, this.#problems.note, where);
    if (observedAtS === null) {
      if (parseTimestamp(told) !== null) fate('ahead');
      return null;
    }
    if (observedAtS <= (believedS(knownS, notAfterS) ?? NEVER)) {
      fate('usable');
      return null;
    }
    if (observedAtS < blocksNotBeforeS) {
      this.#tooOld[kind]++;
      return null;
    }
    const problems = this.#problems.total;
    const staged = stage(this.#parse(located.span));
    fate(staged === null && this.#problems.total > problems ? 'refused' : 'usable');
    return staged === null ? null : { observedAtS, staged };
  }

  /** The station without what is in its blocks. */
  #head({ span, market, shipyard, outfitting }: LocatedStation): unknown {
    const blocks = [market, shipyard, outfitting]
      .filter((block) => block !== undefined)
      .sort((a, b) => a.span.start - b.span.start);
    let text = '';
    let at = span.start;
    for (const block of blocks) {
      text += `${this.#text.toString('utf8', at, block.span.start)}0`;
      at = block.span.end;
    }
    return parseJson(text + this.#text.toString('utf8', at, span.end));
  }

  #token(span: Span | undefined): string | undefined {
    return span && this.#text.toString('latin1', span.start, span.end);
  }

  #parse(span: Span | undefined): unknown {
    return span && parseJson(this.#text.toString('utf8', span.start, span.end));
  }

  #sample(span: Span | undefined): string {
    if (span === undefined) return '';
    return plain(this.#text.toString('utf8', span.start, Math.min(span.end, span.start + SAMPLE_BYTES)));
  }
}

/** @throws BrokenJson */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new BrokenJson('', { cause });
  }
}
