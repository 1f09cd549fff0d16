import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, startProgram, writeConfig, type Program } from './daemon.ts';
import { commodity, commodityMessage, frame } from './messages.ts';
import { plantGalaxy, type PlantedGalaxy } from './planted-galaxy.ts';
import { startRelay } from './relay.ts';
import { writeHistory } from './week-of-history.ts';

const BUILD = 'Orbital Construction Site: Hawking Reach';
const BUILD_ID = 3_958_000_001;
const CARRIER_ID = 3_710_000_001;
/** symbol: required, provided. */
const NEEDS = {
  gold: [4_200, 1_150],
  silver: [2_600, 2_600],
  tritium: [9_800, 640],
  hydrogenfuel: [1_900, 300],
  bertrandite: [3_100, 0],
  indite: [2_400, 980],
} as const;

export interface LivingGalaxy {
  readonly url: string;
  /** Good for everything. */
  readonly token: string;
  readonly program: Program;
  readonly cwd: string;
  /** Asks with the token. */
  readonly ask: (
    path: string,
    init?: { readonly method: string; readonly body?: object },
  ) => Promise<Response>;
  /** Somebody reads this market next. */
  readonly visit: (marketId: number) => void;
  readonly stop: () => Promise<void>;
}

export interface LivingSize {
  readonly systems: number;
  readonly stations: number;
  readonly reachLy: number;
  readonly historyDays: number;
  /** Markets that have a history. */
  readonly recorded: number;
  readonly messagesPerS: number;
  /** Between two stops of tours that are seen. */
  readonly stopEveryS: number;
}

/** Of all messages; the others are of other schemas. */
const MARKETS_PER_S = 2.5;

/** The real daemon with all it can, on a galaxy in which commanders fly tours, keep a region fresh and build a port. */
export async function startLivingGalaxy({
  messagesPerS,
  stopEveryS,
  historyDays,
  recorded,
  ...size
}: LivingSize): Promise<LivingGalaxy> {
  const cwd = mkdtempSync(join(tmpdir(), 'tdl-'));
  const relay = await startRelay();
  writeConfig(cwd, {
    eddn_url: relay.url,
    http_listen: '127.0.0.1:0',
    export_path: './files',
    export_live_every_x_min: 1,
    history_days: 14,
    tours: true,
    relay_bind: 'tcp://127.0.0.1:*',
    journal_dirs: ['journals'],
    // Nothing leaves this machine.
    archive_url: 'http://127.0.0.1:1/EDDN',
  });
  const database = join(cwd, 'data/TradeDangerous.db');
  const nowS = Math.floor(Date.now() / 1000);
  const planted = await plantGalaxy(database, nowS, size);
  if (historyDays > 0) {
    await writeHistory(join(cwd, 'data/history'), database, { nowS, days: historyDays, markets: recorded });
  }
  const journal = writeJournal(cwd);
  const program = startProgram({ cwd });
  const [url, { stdout }] = await Promise.all([
    program.logged(/^http: http/).then((line) => String(line.url)),
    runProgram({ cwd, args: ['token', 'add', 'demo', '--scope', 'tours,journal,operate,subscriptions'] }),
  ]);
  const token = stdout.trim();
  const ask: LivingGalaxy['ask'] = (path, { method, body } = { method: 'GET' }) =>
    fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  await relay.waitForSubscribers();

  // What commanders have on their lists is seen now and then; else whatever comes.
  const listed: number[] = [];
  const stations = new Map(planted.stations.map((station) => [station.id, station]));
  let sent = 0;
  const marketEvery = Math.round(messagesPerS / MARKETS_PER_S);
  const flow = setInterval(() => {
    sent += 1;
    const visited = sent % (messagesPerS * stopEveryS) === 0 ? listed.shift() : undefined;
    const seen =
      visited ??
      planted.stations[(Math.floor(sent / marketEvery) * 164) % Math.min(600, planted.stations.length)]?.id ??
      0;
    const station = stations.get(seen);
    if (station === undefined) return;
    const isMarket = visited !== undefined || sent % marketEvery === 0;
    void relay.publish(frame(isMarket ? marketMessage(station, planted, sent) : otherMessage()));
  }, 1000 / messagesPerS);
  const building = setInterval(() => journal.deliver(), 15_000);
  return {
    ...{ url, token, program, cwd },
    visit: (marketId) => void listed.unshift(marketId),
    async ask(path, init) {
      const response = await ask(path, init);
      if (path === '/api/v1/tours' && init?.method === 'POST' && response.ok) {
        const { commanders } = (await response.clone().json()) as {
          commanders: { stops: { marketId: number }[] }[];
        };
        listed.push(...commanders.flatMap(({ stops }) => stops.map(({ marketId }) => marketId)));
      }
      return response;
    },
    async stop() {
      clearInterval(flow);
      clearInterval(building);
      program.kill('SIGTERM');
      await program.exit;
      relay.close();
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}

/** Two tours and a patrol, of commanders who are on their way. @throws when one of them is refused */
export async function sendCommanders({ ask }: LivingGalaxy): Promise<void> {
  const orders = [
    [
      '/api/v1/tours',
      'POST',
      {
        commanders: 'Jameson@Sol@32.5,Ryder@Sol@24',
        near: 'Sol',
        within: 40,
        olderThan: '7d',
        stops: 16,
        minPad: 'L',
      },
    ],
    [
      '/api/v1/tours',
      'POST',
      { commanders: 'Halsey@Sol@50', near: 'Sol', within: 80, olderThan: '3d', stops: 12, timeLimit: 0.5 },
    ],
    [
      '/api/v1/patrols/home',
      'PUT',
      { near: 'Sol', within: 20, maxAge: '12h', commanders: 'Tsu@Sol@28', timeLimit: 0.5 },
    ],
  ] as const;
  for (const [path, method, body] of orders) {
    const response = await ask(path, { method, body });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  }
}

type Station = PlantedGalaxy['stations'][number];

function marketMessage({ id, name, system }: Station, { means }: PlantedGalaxy, sent: number) {
  return commodityMessage({
    ...{ marketId: id, stationName: name, systemName: system },
    timestamp: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    commodities: Array.from(means, ([symbol, meanPrice], i) => {
      const price = Math.round(meanPrice * (0.85 + ((sent * 7 + i * 13) % 30) / 100));
      const isSold = (id / 256 + i) % 2 === 0;
      const other = isSold ? { sellPrice: 0, demand: 0 } : { buyPrice: 0, stock: 0 };
      return commodity(symbol, {
        meanPrice,
        buyPrice: price,
        sellPrice: price,
        stock: 900 + (sent % 5_000),
        ...other,
      });
    }),
  });
}

function otherMessage() {
  return commodityMessage({ $schemaRef: 'https://eddn.edcd.io/schemas/fssdiscoveryscan/1' });
}

/** A commander's journal, who builds a port in Sol with a carrier beside him. */
function writeJournal(cwd: string): { readonly deliver: () => void } {
  const folder = join(cwd, 'journals');
  mkdirSync(folder);
  const stamp = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const file = join(
    folder,
    `Journal.${stamp()
      .replaceAll(/[-:]/g, '')
      .replace('Z', '')
      .replace(/^(\d{4})(\d\d)(\d\d)T/, '$1-$2-$3T')}.01.log`,
  );
  const line = (event: string, more: object = {}) =>
    `${JSON.stringify({ timestamp: stamp(), event, ...more })}\r\n`;
  const provided: Record<string, number> = Object.fromEntries(
    Object.entries(NEEDS).map(([symbol, [, already]]) => [symbol, already]),
  );
  const depot = () =>
    line('ColonisationConstructionDepot', {
      MarketID: BUILD_ID,
      ConstructionProgress: progress(provided),
      ConstructionComplete: false,
      ConstructionFailed: false,
      ResourcesRequired: Object.entries(NEEDS).map(([symbol, [required]]) => ({
        Name: `$${symbol}_name;`,
        RequiredAmount: required,
        ProvidedAmount: provided[symbol],
        Payment: 5_000,
      })),
    });
  writeFileSync(
    file,
    [
      line('Fileheader', { part: 1, gameversion: '4.1.1.0' }),
      line('Commander', { FID: 'F1', Name: 'JAMESON' }),
      line('CarrierStats', {
        CarrierID: CARRIER_ID,
        Callsign: 'K7Q-B1N',
        Name: 'Long Haul',
        FuelLevel: 640,
        SpaceUsage: { TotalCapacity: 25_000, Cargo: 1_400, FreeSpace: 19_600 },
      }),
      line('CarrierLocation', { CarrierID: CARRIER_ID, StarSystem: 'Sol', SystemAddress: 10_477_373_803 }),
      line('Location', { StarSystem: 'Sol', SystemAddress: 10_477_373_803 }),
      line('Docked', {
        ...{ StationName: BUILD, StationType: 'SpaceConstructionDepot', MarketID: BUILD_ID },
        ...{ StarSystem: 'Sol', SystemAddress: 10_477_373_803 },
        StationServices: ['dock', 'colonisationcontribution'],
      }),
      line('Cargo', { Vessel: 'Ship', Count: 0 }),
      depot(),
    ].join(''),
  );
  writeFileSync(
    join(folder, 'Market.json'),
    line('Market', {
      MarketID: CARRIER_ID,
      StationType: 'FleetCarrier',
      Items: [
        { Name: '$gold_name;', Stock: 900 },
        { Name: '$tritium_name;', Stock: 500 },
      ],
    }),
  );
  return {
    deliver() {
      const open = Object.entries(NEEDS).filter(
        ([symbol, [required]]) => (provided[symbol] ?? 0) + 48 <= required,
      );
      const [symbol] = open[Math.floor(Date.now() / 15_000) % Math.max(1, open.length)] ?? [];
      if (symbol === undefined) return;
      provided[symbol] = (provided[symbol] ?? 0) + 48;
      appendFileSync(
        file,
        line('ColonisationContribution', {
          MarketID: BUILD_ID,
          Contributions: [{ Name: `$${symbol}_name;`, Amount: 48 }],
        }) + depot(),
      );
    },
  };
}

function progress(provided: Readonly<Record<string, number>>): number {
  const sum = (of: (symbol: string, required: number) => number) =>
    Object.entries(NEEDS).reduce((total, [symbol, [required]]) => total + of(symbol, required), 0);
  return sum((symbol) => provided[symbol] ?? 0) / sum((_, required) => required);
}
