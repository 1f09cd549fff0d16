import type { Generation } from '../../src/domain/generation.ts';

/**
 * The tables after an import, computed in the most straightforward way: the whole dump parsed at once and applied one
 * station after the other. Shares nothing with the importer. Rows by table, sorted by key; times in epoch seconds.
 */
export type OracleTables = Readonly<Record<string, readonly (readonly Value[])[]>>;
type Value = string | number | bigint | null;

export type CsvRow = Readonly<Record<string, string>>;

export interface OracleInput {
  readonly text: string;
  readonly generation: Generation;
  /** Of EDCD. */
  readonly commodities: readonly CsvRow[];
  readonly rares: readonly CsvRow[];
  readonly shipyard: readonly CsvRow[];
  readonly notBeforeS: number;
}

interface Block {
  updateTime: string;
  commodities?: {
    commodityId: number;
    name: string;
    category: string;
    demand: number;
    supply: number;
    buyPrice: number;
    sellPrice: number;
  }[];
  ships?: { shipId: number; name: string }[];
  modules?: { moduleId: number; name: string; class: number; rating: string; ship?: string }[];
}
interface Station {
  id: bigint;
  name: string;
  updateTime?: string | null;
  distanceToArrival?: number | null;
  landingPads?: { large?: number; medium?: number; small?: number } | null;
  services?: string[];
  type?: string | null;
  market?: Block;
  shipyard?: Block;
  outfitting?: Block;
  [flag: string]: unknown;
}
interface System {
  id64: bigint;
  name: string;
  coords: { x: number; y: number; z: number };
  date?: string;
  updateTime?: string;
  stations?: Station[];
  bodies?: { stations?: Station[] }[];
}

const CATEGORIES = (
  'Metals,Minerals,Chemicals,Foods,Textiles,Industrial Materials,Medicines,Legal Drugs,Machinery,Technology,' +
  'Weapons,Consumer Items,Slavery,Waste,NonMarketable,Salvage'
).split(',');

const TYPES: Readonly<Record<Generation, Readonly<Record<string, readonly [number, string]>>>> = {
  v12: {
    ...{ None: [0, 'N'], Outpost: [1, 'N'], 'Coriolis Starport': [2, 'N'], 'Ocellus Starport': [3, 'N'] },
    ...{ 'Orbis Starport': [4, 'N'], 'Planetary Outpost': [11, 'Y'], 'Planetary Port': [12, 'Y'] },
    ...{
      'Mega ship': [13, 'N'],
      'Asteroid base': [14, 'N'],
      'Drake-Class Carrier': [24, 'N'],
      Settlement: [25, 'Y'],
    },
  },
  v13: {
    ...{ 'Asteroid base': [1, 'N'], 'Coriolis Starport': [2, 'N'], 'Dockable Planet Station': [3, 'Y'] },
    ...{ 'Dodec Starport': [4, 'N'], 'Drake-Class Carrier': [5, 'N'], 'Mega ship': [6, 'N'] },
    ...{ 'Ocellus Starport': [7, 'N'], 'Orbis Starport': [8, 'N'], Outpost: [9, 'N'] },
    ...{
      'Planetary Construction Depot': [10, 'Y'],
      'Planetary Outpost': [11, 'Y'],
      'Planetary Port': [12, 'Y'],
    },
    ...{ Settlement: [13, 'Y'], 'Space Construction Depot': [14, 'N'], 'Surface Settlement': [15, 'Y'] },
  },
};

export function applyDump({
  text,
  generation,
  commodities,
  rares,
  shipyard,
  notBeforeS,
}: OracleInput): OracleTables {
  const v13 = generation === 'v13';
  const only13 = (...values: Value[]) => (v13 ? values : []);
  const systems = new Map<bigint, Value[]>();
  const stations = new Map<bigint, Value[]>();
  const markets = new Map<bigint, { atS: number; rows: Map<number, Value[]> }>();
  const items = new Map<number, { name: string; categoryId: number }>();
  const ships = new Map<number, string>();
  const upgrades = new Map<number, Value[]>();
  const vendors = {
    ShipVendor: new Map<bigint, { atS: number; ids: Set<number> }>(),
    UpgradeVendor: new Map<bigint, { atS: number; ids: Set<number> }>(),
  };

  if (v13) for (const { id, name, category } of commodities) addItem(Number(id), name!, category!);

  function addItem(id: number, name: string, category: string): void {
    const index = CATEGORIES.findIndex((known) => known.toLowerCase() === category.toLowerCase());
    items.set(id, { name, categoryId: index + 1 });
  }

  function isFresh(block: Block | undefined): block is Block {
    return block !== undefined && seconds(block.updateTime) >= notBeforeS;
  }

  function visit(station: Station, systemId: bigint): void {
    const { id, market, shipyard: yard, outfitting } = station;
    const atS = seconds(station.updateTime);
    const stored = stations.get(id);
    if (stored === undefined || atS >= Number(stored.at(-1)))
      stations.set(id, stationRow(station, systemId, atS));

    if (isFresh(market)) {
      const rows = new Map<number, Value[]>();
      for (const entry of market.commodities ?? []) {
        const { commodityId, sellPrice, demand, buyPrice, supply } = entry;
        addItem(commodityId, entry.name, entry.category);
        rows.delete(commodityId);
        if (sellPrice > 0 || buyPrice > 0)
          rows.set(commodityId, [sellPrice, demand, -1, buyPrice, supply, -1]);
      }
      const marketS = seconds(market.updateTime);
      if (rows.size > 0 && marketS > (markets.get(id)?.atS ?? -1)) markets.set(id, { atS: marketS, rows });
    }
    if (isFresh(yard)) {
      for (const ship of yard.ships ?? []) ships.set(ship.shipId, ship.name);
      offer(
        'ShipVendor',
        id,
        yard,
        (yard.ships ?? []).map(({ shipId }) => shipId),
      );
    }
    if (!v13 && isFresh(outfitting)) {
      for (const module of outfitting.modules ?? []) {
        const { moduleId, rating, ship = null } = module;
        upgrades.set(moduleId, [module.name, module.class, rating, ship]);
      }
      offer(
        'UpgradeVendor',
        id,
        outfitting,
        (outfitting.modules ?? []).map(({ moduleId }) => moduleId),
      );
    }
  }

  function offer(
    table: keyof typeof vendors,
    id: bigint,
    { updateTime }: Block,
    ids: readonly number[],
  ): void {
    const atS = seconds(updateTime);
    if (ids.length > 0 && atS > (vendors[table].get(id)?.atS ?? -1))
      vendors[table].set(id, { atS, ids: new Set(ids) });
  }

  function stationRow(station: Station, systemId: bigint, atS: number): Value[] {
    const { id, name, distanceToArrival, landingPads, services, type } = station;
    const service = (wanted: string, key: string) => {
      if (services !== undefined) return services.includes(wanted) ? 'Y' : 'N';
      return station[key] === undefined ? '?' : station[key] === true ? 'Y' : 'N';
    };
    const has = (key: string, flag: string) => (key in station || station[flag] === true ? 'Y' : 'N');
    const { large = 0, medium = 0, small = 0 } = landingPads ?? {};
    const [typeId, told] = TYPES[generation][type ?? ''] ?? [0, '?'];
    const isShip =
      /^39[3567]\d{7}$/.test(String(id)) || /^(System Colonisation Ship|Stronghold Carrier)\b/.test(name);
    const planetary = told === 'Y' && isShip ? 'N' : told;
    return [
      ...[id, name, ...only13(lookup(name)), systemId, Math.max(0, Math.trunc(distanceToArrival ?? 0))],
      ...[
        service('Black Market', 'hasBlackmarket'),
        large > 0 ? 'L' : medium > 0 ? 'M' : small > 0 ? 'S' : '?',
      ],
      ...[has('market', 'hasMarket'), has('shipyard', 'hasShipyard'), has('outfitting', 'hasOutfitting')],
      ...[service('Restock', 'hasRearm'), service('Refuel', 'hasRefuel'), service('Repair', 'hasRepair')],
      ...[planetary, typeId, atS],
    ];
  }

  for (const system of parse(text)) {
    const { id64, name, coords } = system;
    const atS = seconds(v13 ? (system.date ?? system.updateTime) : system.updateTime);
    const stored = systems.get(id64);
    if (stored === undefined || atS >= Number(stored.at(-1))) {
      systems.set(id64, [id64, name, ...only13(lookup(name)), coords.x, coords.y, coords.z, atS]);
    }
    const all = [...(system.stations ?? []), ...(system.bodies ?? []).flatMap((body) => body.stations ?? [])];
    for (const station of all) visit(station, id64);
  }

  const rareRows = rares
    .filter(({ market_id }) => stations.has(BigInt(market_id!)))
    .map(({ id, name, category, market_id }) => ({
      ...{ id: Number(id), name: name!, marketId: BigInt(market_id!) },
      categoryId: CATEGORIES.indexOf(category!) + 1,
    }));
  const rareStation = (item: { name: string; categoryId: number }) =>
    rareRows.find(
      ({ name, categoryId }) =>
        name !== 'Festive Gifts' && lookup(name) === lookup(item.name) && categoryId === item.categoryId,
    )?.marketId ?? null;

  return {
    System: sorted(systems.values()),
    Station: sorted(stations.values()),
    StationItem: sorted(
      [...markets].flatMap(([id, { atS, rows }]) =>
        [...rows].map(([itemId, numbers]) => [id, itemId, ...numbers, atS, 0]),
      ),
    ),
    Item: sorted(
      [...items].map(([id, item]) => [
        ...[id, item.name, item.categoryId, position(id, item, items), id],
        ...only13(rareStation(item)),
      ]),
    ),
    Ship: sorted([...ships]),
    ShipVendor: vendorRows(vendors.ShipVendor),
    FDevShipyard: sorted(
      shipyard.map(({ id, symbol, name, entitlement }) => [
        Number(id),
        symbol!,
        name!,
        entitlement === '' ? null : entitlement!,
      ]),
    ),
    ...(!v13 && {
      Upgrade: sorted([...upgrades].map(([id, row]) => [id, ...row])),
      UpgradeVendor: vendorRows(vendors.UpgradeVendor),
      RareItem: sorted(
        rareRows.map(({ id, marketId, categoryId, name }) => [id, marketId, categoryId, name]),
      ),
    }),
  };
}

function vendorRows(vendors: ReadonlyMap<bigint, { atS: number; ids: ReadonlySet<number> }>): Value[][] {
  return sorted(
    [...vendors].flatMap(([stationId, { atS, ids }]) => [...ids].map((id) => [id, stationId, atS])),
  );
}

/** 1 and how many of its category come before it. */
function position(
  id: number,
  { name, categoryId }: { name: string; categoryId: number },
  items: ReadonlyMap<number, { name: string; categoryId: number }>,
): number {
  const key = (text: string, itemId: number) =>
    `${text.toLowerCase()}\u0000${text}\u0000${String(itemId).padStart(12)}`;
  const others = [...items].filter(([, other]) => other.categoryId === categoryId);
  return 1 + others.filter(([otherId, other]) => key(other.name, otherId) < key(name, id)).length;
}

function sorted(rows: Iterable<Value[]>): Value[][] {
  return [...rows].sort(([a1, a2], [b1, b2]) => (a1 === b1 ? (a2! < b2! ? -1 : 1) : a1! < b1! ? -1 : 1));
}

/** Ids are read from the text: numbers would round them. */
function parse(text: string): System[] {
  const exact = (key: string, value: unknown, context: { readonly source: string }) =>
    (key === 'id64' || key === 'id') && typeof value === 'number' ? BigInt(context.source) : value;
  return JSON.parse(text, exact as (key: string, value: unknown) => unknown) as System[];
}

/** `2025-06-19 20:43:28+00`, maybe with a fraction; absent is 1970. */
function seconds(time: string | null | undefined): number {
  return time ? Math.floor(Date.parse(time.replace(' ', 'T').replace('+00', 'Z')) / 1000) : 0;
}

function lookup(name: string): string {
  return name.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');
}
