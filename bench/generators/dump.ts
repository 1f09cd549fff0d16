import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { makePieces, type Pieces } from './dump-pieces.ts';
import { SeededRandom } from '../../test/support/random.ts';

/**
 * A galaxy dump as Spansh makes them, with its proportions: a system has some forty bodies and five stations, half of
 * them on bodies; half of all stations are carriers with a row or two; one market in six is less than 30 days old;
 * one line in a few hundred has megabytes; some ids are above 2^53.
 */
export interface DumpOptions {
  readonly seed: number;
  /** The dump ends after the system with which its text is about as long. */
  readonly bytes: number;
  /** No time in it is later, epoch seconds. */
  readonly nowS: number;
}

export interface DumpSize {
  readonly systems: number;
  readonly stations: number;
  readonly marketRows: number;
}

const DAY_S = 86_400;
const GIANT_EVERY = 400;

/** Lines of the dump, without line feeds. Returns what it was. */
export function* dumpLines({ seed, bytes, nowS }: DumpOptions): Generator<string, DumpSize> {
  const random = new SeededRandom(seed);
  const maker = new SystemMaker(random, makePieces(random), nowS);
  let written = 4;
  yield '[';
  for (let line = maker.next(); ; line = maker.next()) {
    written += line.length + 6;
    const isLast = written >= bytes;
    yield `    ${line}${isLast ? '' : ','}`;
    if (isLast) break;
  }
  yield ']';
  return { systems: maker.systems, stations: maker.stations, marketRows: maker.marketRows };
}

/** Writes a dump, gzipped if the file's name says so. */
export async function writeDump(path: string, options: DumpOptions): Promise<DumpSize> {
  let size: DumpSize | undefined;
  function* lines() {
    size = yield* dumpLines(options);
  }
  await writeLines(path, lines());
  return size!;
}

/** @param path gzipped if its name says so */
export async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  function* blocks() {
    let block = '';
    for (const line of lines) {
      block += `${line}\n`;
      if (block.length < 256 * 1024) continue;
      yield Buffer.from(block);
      block = '';
    }
    yield Buffer.from(block);
  }
  const file = createWriteStream(path);
  if (path.endsWith('.gz')) await pipeline(Readable.from(blocks()), createGzip(), file);
  else await pipeline(Readable.from(blocks()), file);
}

interface Kind {
  readonly type: string | null;
  readonly share: number;
  readonly surface: boolean;
  readonly rows: readonly [number, number];
  /** Has shipyard and outfitting. */
  readonly yard: boolean;
}

/** Rows as real markets have: carriers trade what their owner does, ports 50 to 120 or all 350 goods. */
const KINDS: readonly Kind[] = [
  { type: 'Drake-Class Carrier', share: 0.5, surface: false, rows: [0, 2], yard: false },
  { type: 'Settlement', share: 0.22, surface: true, rows: [41, 50], yard: false },
  { type: 'Planetary Outpost', share: 0.09, surface: true, rows: [50, 100], yard: true },
  { type: 'Outpost', share: 0.05, surface: false, rows: [40, 90], yard: true },
  { type: 'Coriolis Starport', share: 0.05, surface: false, rows: [80, 120], yard: true },
  { type: 'Orbis Starport', share: 0.03, surface: false, rows: [320, 370], yard: true },
  { type: 'Mega ship', share: 0.01, surface: false, rows: [0, 10], yard: false },
  { type: null, share: 0.05, surface: true, rows: [0, 0], yard: false },
];

class SystemMaker {
  systems = 0;
  stations = 0;
  marketRows = 0;
  readonly #random: SeededRandom;
  readonly #pieces: Pieces;
  readonly #nowS: number;

  constructor(random: SeededRandom, pieces: Pieces, nowS: number) {
    this.#random = random;
    this.#pieces = pieces;
    this.#nowS = nowS;
  }

  next(): string {
    const random = this.#random;
    const number = ++this.systems;
    const isGiant = number % GIANT_EVERY === 0;
    const id64 = number % 25 === 0 ? 2n ** 60n + BigInt(number) : 10_000_000_000n + BigInt(number) * 7n;
    const name = number % 50 === 0 ? `Synthë's \\"${number}\\"` : `Synthetic Sector ${number}`;
    const bodies = Array.from({ length: isGiant ? 120 : random.integer(5, 75) }, (): string[] => []);
    const direct: string[] = [];
    const count = isGiant ? random.integer(60, 90) : Math.ceil(9 * random.next() ** 2) + random.integer(0, 3);
    for (let i = 0; i < count; i++) {
      const kind = isGiant ? random.pick(KINDS.slice(1, 6)) : this.#kind();
      const station = this.#station(kind);
      (kind.surface || random.chance(0.3) ? random.pick(bodies) : direct).push(station);
    }
    const coordinate = () => random.integer(-2_000_000, 2_000_000) / 32;
    return (
      `{"id64":${id64},"name":"${name}",` +
      `"coords":{"x":${coordinate()},"y":${coordinate()},"z":${coordinate()}},` +
      '"allegiance":"Independent","government":"Cooperative","primaryEconomy":"Tourism","secondaryEconomy":"Service",' +
      `"security":"Medium","population":${random.integer(0, 9e9)},"bodyCount":${bodies.length},` +
      `"date":"${this.#time(400)}","bodies":[${bodies.map((on, i) => this.#body(id64, name, i, on)).join()}],` +
      `"stations":[${direct.join()}]}`
    );
  }

  #kind(): Kind {
    let left = this.#random.next();
    return KINDS.find(({ share }) => (left -= share) < 0) ?? KINDS[0]!;
  }

  #body(id64: bigint, system: string, index: number, stations: readonly string[]): string {
    const id = id64 + (BigInt(index) << 55n);
    const physics = this.#random.pick(this.#pieces.bodies);
    return (
      `{"id64":${id},"bodyId":${index},"name":"${system} ${index}",${physics},` +
      `"stations":[${stations.join()}],"updateTime":"${this.#time(900)}"}`
    );
  }

  #station({ type, surface, rows, yard }: Kind): string {
    const random = this.#random;
    const number = ++this.stations;
    const isCarrier = type === 'Drake-Class Carrier';
    const id = (isCarrier ? 3_700_000_000 : 128_000_000) + number * 256;
    const name = isCarrier
      ? `X${(number % 1000).toString(36)}-${number.toString(36)}`.toUpperCase()
      : `Port ${number}`;
    // What trades is visited often; blocks are as old as the last visit of somebody who shared them.
    const oldDays = random.chance(1 / 6) ? 30 : 1_500;
    const time = this.#time(oldDays);
    let text =
      `{"name":"${name}","id":${id},"updateTime":"${time}","controllingFaction":"Synthetic Faction ${number % 5000}",` +
      `"controllingFactionState":null,"distanceToArrival":${Number((random.next() * 4_000).toFixed(6))},` +
      '"primaryEconomy":"Private Enterprise","economies":{"Private Enterprise":100.0},"government":"Corporate",' +
      '"services":["Dock","Autodock","Market","Contacts","Universal Cartographics","Missions","Crew Lounge",' +
      '"Restock","Refuel","Repair","Workshop","Flight Controller","Station Operations","Station Menu"]';
    if (type !== null)
      text += `,"type":"${type}","landingPads":{"large":${Number(type !== 'Outpost')},"medium":4,"small":4}`;
    if (surface)
      text += `,"latitude":${random.integer(-90, 90)}.5,"longitude":${random.integer(-180, 180)}.25`;
    if (type !== null) text += `,"market":${this.#market(random.integer(...rows), time)}`;
    if (yard && random.chance(0.7))
      text += `,"shipyard":{"ships":[${this.#some(this.#pieces.ships, 4, 20)}],"updateTime":"${time}"}`;
    if (yard)
      text += `,"outfitting":{"modules":[${this.#some(this.#pieces.modules, 60, 400)}],"updateTime":"${time}"}`;
    return `${text}}`;
  }

  #market(rows: number, time: string): string {
    const random = this.#random;
    this.marketRows += rows;
    const sells = Math.floor(rows / 3);
    const commodities = this.#slice(this.#pieces.commodities, rows).map((head, i) => {
      const [buyPrice, supply] = i < sells ? [random.integer(1, 50_000), random.integer(1, 90_000)] : [0, 0];
      return `${head},"demand":${i < sells ? 0 : random.integer(0, 2_000_000)},"supply":${supply},"buyPrice":${buyPrice},"sellPrice":${random.integer(1, 60_000)}}`;
    });
    return `{"commodities":[${commodities.join()}],"prohibitedCommodities":["Narcotics","Slaves"],"updateTime":"${time}"}`;
  }

  #some(pieces: readonly string[], low: number, high: number): string {
    return this.#slice(pieces, Math.min(pieces.length, this.#random.integer(low, high))).join();
  }

  /** As many neighbours in the list, beginning anywhere. */
  #slice(pieces: readonly string[], count: number): string[] {
    const start = this.#random.integer(0, pieces.length - 1);
    return Array.from({ length: count }, (_, i) => pieces[(start + i) % pieces.length]!);
  }

  #time(oldDays: number): string {
    const at = this.#nowS - this.#random.integer(0, oldDays * DAY_S);
    return `${new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ')}${this.#random.chance(0.02) ? '.977' : ''}+00`;
  }
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      megabytes: { type: 'string', default: '1024' },
      seed: { type: 'string', default: '1' },
      now: { type: 'string', default: new Date().toISOString() },
    },
  });
  const [path] = positionals;
  if (path === undefined)
    throw new Error('usage: node bench/generators/dump.ts FILE [--megabytes N] [--seed N] [--now ISO]');
  const nowS = Math.floor(Date.parse(values.now) / 1000);
  console.log(
    await writeDump(path, { seed: Number(values.seed), bytes: Number(values.megabytes) * 1024 * 1024, nowS }),
  );
}
