import { NOW_S, aCommodity, aMarket, aStation, aSystem, bigId, dumpOf, spanshTime } from './dump.ts';

const FUEL = 128_049_202;
const BRANDY = 128_666_747;
const DAY_S = 86_400;

const fuel = { commodityId: FUEL, name: 'Hydrogen Fuel', category: 'Chemicals', symbol: 'HydrogenFuel' };
const brandy = {
  commodityId: BRANDY,
  name: 'Lavian Brandy',
  category: 'Legal Drugs',
  symbol: 'LavianBrandy',
};

const ships = (...list: [number, string][]) => list.map(([shipId, name]) => ({ shipId, name, symbol: name }));
const modules = [
  {
    moduleId: 128_049_250,
    name: 'Lightweight Alloy',
    class: 1,
    rating: 'I',
    ship: 'Sidewinder',
    category: 'standard',
  },
  { moduleId: 128_049_381, name: 'Pulse Laser', class: 1, rating: 'F', category: 'hardpoint' },
];

const sol = aSystem({
  updateTime: spanshTime(NOW_S - 5),
  stations: [
    aStation({
      distanceToArrival: 505.57,
      landingPads: { large: 2, medium: 3, small: 4 },
      type: 'Orbis Starport',
      services: ['Dock', 'Market', 'Refuel', 'Black Market'],
      hasRefuel: true,
      hasRepair: false,
      market: aMarket([
        aCommodity({ sellPrice: 1 }),
        aCommodity({ sellPrice: 9_500, supply: 3, buyPrice: 9_700 }),
        aCommodity({ ...fuel, sellPrice: 0, demand: 5 }),
      ]),
      shipyard: {
        ships: ships([128_049_249, 'Sidewinder'], [128_672_138, 'Asp Scout']),
        updateTime: spanshTime(NOW_S - 300),
      },
      outfitting: { modules, updateTime: spanshTime(NOW_S - 400) },
    }),
    aStation({
      id: 128_106_744,
      name: "Azeban's City",
      market: aMarket([aCommodity(brandy)], NOW_S - 40 * DAY_S),
    }),
    aStation({
      id: 3_700_000_001,
      name: 'K7Q-B1N',
      type: 'Drake-Class Carrier',
      updateTime: spanshTime(NOW_S - 50),
    }),
  ],
  bodies: [
    { id: 1, name: 'Mercury', stations: [] },
    {
      ...{ id: 2, name: 'Venus' },
      stations: [
        aStation({
          ...{
            id: 128_999_001,
            name: 'Čapek, "Hub"',
            type: 'Planetary Outpost',
            updateTime: '2022-05-11 01:37:51.977+00',
          },
          ...{ distanceToArrival: null, landingPads: { large: 0, medium: 1, small: 1 }, hasMarket: true },
        }),
      ],
    },
  ],
});

const far = aSystem({
  ...{ id64: bigId('9223372036854775806'), name: "Barnard's Star", date: '2024-01-02 03:04:05+00' },
  coords: { x: -3.03125, y: 1.375, z: 25_899.96875 },
  stations: [
    // The carrier was here before: what is older changes nothing.
    aStation({
      id: 3_700_000_001,
      name: 'K7Q-B1N',
      type: 'Drake-Class Carrier',
      updateTime: spanshTime(NOW_S - DAY_S),
    }),
    aStation({
      ...{ id: bigId('9007199254740993'), name: 'Edge', type: 'Settlement', updateTime: null },
      market: aMarket([aCommodity(), aCommodity({ ...fuel, buyPrice: 90, supply: 2 })], NOW_S - 39 * DAY_S),
      shipyard: { ships: ships([128_049_255, 'Eagle']), updateTime: spanshTime(NOW_S - 41 * DAY_S) },
    }),
  ],
});

/** What a dump may hold, in a few lines; some blocks are older than the limit. */
export const SMALL_DUMP = { text: dumpOf(sol, far), limitS: NOW_S - 30 * DAY_S } as const;
