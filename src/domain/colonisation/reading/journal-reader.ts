import { readShortName, toMarketId } from '../../eddn/values.ts';
import { amountOf, eventName, exactId, fidOf, parseEvent, type JournalEvent } from '../../journal/event.ts';
import { emptyCarrier } from '../book/carrier.ts';
import { emptyCommander, type Commander, type Position } from '../book/commander.ts';
import type { Finding } from '../book/findings.ts';
import { UNKNOWN_HOLD } from '../book/hold.ts';
import { LINE_FIELDS } from './fields.ts';
import { readCargo, readCarrierEvent, readCarrierMarket, readMoves, turned } from './read-carriers.ts';
import { readContribution, readDepot, readDocking } from './read-sites.ts';
import type { Site } from '../book/site.ts';
import type { Tonnes } from '../book/goods.ts';

/** What is known in the middle of a file: whose it is, and where he is. */
export interface JournalContext {
  /** Null: the file has not told yet. */
  readonly fid: string | null;
  readonly position: Position | null;
}

const NO_CONTEXT: JournalContext = { fid: null, position: null };

/** Status.json: the flag of somebody who sits in his ship. */
const IN_MAIN_SHIP = 1 << 24;

/** Reads the lines of one journal, in their order. */
export class JournalReader {
  #context: JournalContext;
  /** The depot event of last time without its time, and what it told. */
  #depot: { readonly rest: string; readonly site: Site } | null = null;

  constructor(context: JournalContext = NO_CONTEXT) {
    this.#context = context;
  }

  get context(): JournalContext {
    return this.#context;
  }

  /** @returns what the line tells; nothing where it is not whole, or of something else */
  read(line: string): Finding[] {
    const name = eventName(line);
    if (name !== null && !LINE_FIELDS.has(name)) return [];
    const repeated = name === null || name.endsWith('ConstructionDepot') ? this.#repeated(line) : null;
    if (repeated !== null) return [{ kind: 'site', site: repeated }];
    const event = parseEvent(line);
    return event === null ? [] : this.#readEvent(event);
  }

  /** The depot event that was read last, once more. */
  repeat(timestamp: string): Finding[] {
    const site = this.#depotAt(timestamp);
    return site === null ? [] : [{ kind: 'site', site }];
  }

  /** What one of the files beside a journal tells, of whoever wrote the journal. @param text whole */
  readSideFile(text: string): Finding[] {
    const event = parseEvent(text);
    if (event === null) return [];
    const { atS, body } = event;
    if (event.event === 'Market') {
      const carrier = readCarrierMarket(event);
      return carrier === null ? [] : [{ kind: 'carrier', carrier }];
    }
    if (event.event === 'Cargo') return this.#commander({ cargo: readCargo(event) });
    const tonnes = amountOf(body.Cargo);
    const isInShip = ((amountOf(body.Flags) ?? 0) & IN_MAIN_SHIP) !== 0;
    if (event.event !== 'Status' || tonnes === null || !isInShip) return [];
    return this.#commander({ cargo: { ...UNKNOWN_HOLD, total: { atS, tonnes } } });
  }

  /** The game writes a depot event every quarter of a minute while somebody is docked: it is parsed when it differs. */
  #repeated(line: string): Site | null {
    if (this.#depot === null || !line.endsWith(this.#depot.rest)) return null;
    const before = line.slice(0, line.length - this.#depot.rest.length);
    const [, time] = /^\s*\{\s*"timestamp"\s*:\s*"([^"]*)"\s*,\s*$/.exec(before) ?? [];
    return time === undefined ? null : this.#depotAt(time);
  }

  #depotAt(timestamp: string): Site | null {
    const atS = Date.parse(timestamp) / 1000;
    const { site } = this.#depot ?? {};
    return Number.isInteger(atS) && site?.depot !== undefined && site.depot !== null
      ? { ...site, depot: { ...site.depot, atS } }
      : null;
  }

  #readEvent(event: JournalEvent): Finding[] {
    const { fid, position } = this.#context;
    switch (event.event) {
      case 'Commander':
      case 'LoadGame':
        return this.#identify(event);
      case 'Location':
      case 'FSDJump':
      case 'CarrierJump':
      case 'Docked':
      case 'Undocked':
        return this.#move(event);
      case 'ColonisationConstructionDepot':
      case 'ColonizationConstructionDepot': {
        const site = readDepot(event, position);
        if (site === null) return [];
        const rest = event.text.slice(event.text.indexOf('"event"'));
        this.#depot = { rest, site };
        return [{ kind: 'site', site }];
      }
      case 'ColonisationContribution':
      case 'ColonizationContribution':
        return this.#contribute(event);
      case 'MarketBuy':
      case 'MarketSell':
      case 'CargoTransfer':
        return this.#trade(event);
      case 'Cargo':
        return this.#commander({ cargo: readCargo(event) });
      case 'Died':
        return this.#commander({ cargo: { ...UNKNOWN_HOLD, list: { atS: event.atS, goods: {} } } });
      case 'Loadout':
        return this.#commander({ ship: readShip(event) });
      default: {
        const carrier = readCarrierEvent(event, fid ?? '');
        return carrier === null ? [] : [{ kind: 'carrier', carrier }];
      }
    }
  }

  #identify({ atS, body }: JournalEvent): Finding[] {
    const fid = fidOf(body.FID);
    if (fid === null) return [];
    // Another one has logged in: what is known of the first does not hold for him.
    if (fid !== this.#context.fid) this.#context = { fid, position: null };
    const text = readShortName(body.Name ?? body.Commander);
    return this.#commander({ name: text === null ? null : { atS, text } });
  }

  #move(event: JournalEvent): Finding[] {
    const position = readPosition(event, this.#context.position);
    if (position === null) return [];
    this.#context = { ...this.#context, position };
    const isDocking = event.event === 'Docked' || event.event === 'Location';
    return [...this.#commander({ position }), ...(isDocking ? readDocking(event, position) : [])];
  }

  #contribute(event: JournalEvent): Finding[] {
    const site = readContribution(event, this.#context.fid ?? '');
    if (site === null) return [];
    const moved = site.deliveries.flatMap(({ goods }) => this.#moved(event.atS, turned(goods)));
    return [{ kind: 'site', site }, ...moved];
  }

  #trade(event: JournalEvent): Finding[] {
    const goods = readMoves(event);
    if (goods === null) return [];
    const { atS, body } = event;
    const { fid, position } = this.#context;
    // A transfer does not say with which carrier: it is the one where the ship is docked.
    const station = position?.station ?? null;
    const moved = this.#moved(atS, goods);
    if (station?.type !== 'FleetCarrier') return moved;
    const marketId = toMarketId(body.MarketID) ?? station.marketId;
    if (marketId !== station.marketId) return moved;
    const moves = [{ atS, fid: fid ?? '', goods: turned(goods) }];
    const carrier = { ...emptyCarrier(marketId, false), hold: { ...UNKNOWN_HOLD, moves } };
    return [...moved, { kind: 'carrier', carrier }];
  }

  #moved(atS: number, goods: Tonnes): Finding[] {
    return this.#commander({
      cargo: { ...UNKNOWN_HOLD, moves: [{ atS, fid: this.#context.fid ?? '', goods }] },
    });
  }

  /** Something of the file's commander; nothing where it is not known who that is. */
  #commander(told: { readonly [K in keyof Commander]?: Commander[K] | null }): Finding[] {
    const { fid } = this.#context;
    if (fid === null || Object.values(told).every((each) => each === null)) return [];
    return [{ kind: 'commander', commander: { ...emptyCommander(fid), ...told } as Commander }];
  }
}

function readShip({ atS, body }: JournalEvent): Commander['ship'] {
  const type = readShortName(body.Ship);
  if (type === null) return null;
  return {
    atS,
    type,
    cargoCapacity: amountOf(body.CargoCapacity),
    maxJumpRangeLy: amountOf(body.MaxJumpRange),
  };
}

function readPosition({ event, atS, body, text }: JournalEvent, before: Position | null): Position | null {
  if (event === 'Undocked') return before === null ? null : { ...before, atS, station: null };
  const systemName = readShortName(body.StarSystem);
  if (systemName === null) return null;
  const isDocked = event === 'Docked' || body.Docked === true;
  const [name, marketId] = [readShortName(body.StationName), toMarketId(body.MarketID)];
  const station =
    isDocked && name !== null && marketId !== null
      ? { name, marketId, type: readShortName(body.StationType) }
      : null;
  return { atS, systemName, systemId: exactId(text, 'SystemAddress'), station };
}
