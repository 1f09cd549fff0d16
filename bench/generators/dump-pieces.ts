import { CATEGORIES } from '../../src/domain/generation.ts';
import type { SeededRandom } from '../../test/support/random.ts';

/** JSON text of things that a dump repeats all over, made once so that a gigabyte takes seconds. */
export interface Pieces {
  /** Everything of a commodity row up to its numbers. */
  readonly commodities: readonly string[];
  readonly modules: readonly string[];
  readonly ships: readonly string[];
  /** Everything of a body behind its name up to `stations`. */
  readonly bodies: readonly string[];
}

/** The first ones are the real ones of test/support/fixtures/fdevids. */
const REAL_COMMODITIES = [
  [128049154, 'Gold', 'Gold', 'Metals'],
  [128049152, 'Platinum', 'Platinum', 'Metals'],
  [128049202, 'HydrogenFuel', 'Hydrogen Fuel', 'Chemicals'],
] as const;

const COMMODITIES = 390;
const MODULES = 1_100;
const SHIPS = 43;
const BODIES = 400;

export function makePieces(random: SeededRandom): Pieces {
  return {
    commodities: list(COMMODITIES, (n) => {
      const [commodityId, symbol, name, category] = REAL_COMMODITIES[n] ?? [
        128_700_000 + n,
        `SyntheticCommodity${n}`,
        `Synthetic Commodity ${n}`,
        // Category 15 is for what no market sells.
        CATEGORIES[[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15][n % 15]!],
      ];
      return JSON.stringify({ name, symbol, category, commodityId }).slice(0, -1);
    }),
    modules: list(MODULES, (n) =>
      JSON.stringify({
        name: `Synthetic Module ${n % 300}`,
        symbol: `Int_SyntheticModule_Size${(n % 8) + 1}_Class${(n % 5) + 1}_${n}`,
        moduleId: 128_064_000 + n,
        class: (n % 8) + 1,
        rating: 'ABCDEFGHI'[n % 9],
        category: ['standard', 'internal', 'hardpoint', 'utility'][n % 4],
        ...(n % 8 === 0 && { ship: `Synthetic Ship ${n % SHIPS}` }),
      }),
    ),
    ships: list(SHIPS, (n) =>
      JSON.stringify({ name: `Synthetic Ship ${n}`, symbol: `SyntheticShip_${n}`, shipId: 128_049_249 + n }),
    ),
    bodies: list(BODIES, () => makeBody(random)),
  };
}

function list(length: number, make: (n: number) => string): string[] {
  return Array.from({ length }, (_, n) => make(n));
}

/** Astrophysics, most of a dump's bytes: long decimal numbers. */
function makeBody(random: SeededRandom): string {
  const physics = (scale: number) => Number((random.next() * scale).toFixed(9));
  const materials = [
    'Carbon',
    'Iron',
    'Nickel',
    'Phosphorus',
    'Sulphur',
    'Tin',
    'Tungsten',
    'Zinc',
    'Niobium',
  ];
  return JSON.stringify({
    type: 'Planet',
    subType: random.pick(['High metal content world', 'Icy body', 'Rocky body', 'Class I gas giant']),
    distanceToArrival: physics(5_000),
    isLandable: random.chance(0.5),
    gravity: physics(3),
    earthMasses: physics(10),
    radius: physics(10_000),
    surfaceTemperature: physics(1_000),
    surfacePressure: physics(10),
    volcanismType: 'No volcanism',
    atmosphereType: random.pick([null, 'Thin Sulfur dioxide', 'Carbon dioxide']),
    solidComposition: { Metal: physics(30), Rock: physics(70), Ice: 0 },
    terraformingState: 'Not terraformable',
    materials: Object.fromEntries(materials.map((material) => [material, physics(20)])),
    signals: {
      signals: { '$SAA_SignalType_Biological;': random.integer(1, 6) },
      genuses: ['$Codex_Ent_Fumerolas_Genus_Name;'],
    },
    orbitalPeriod: physics(1_000),
    semiMajorAxis: physics(1),
    orbitalEccentricity: physics(1),
    orbitalInclination: physics(90),
    argOfPeriapsis: physics(360),
    meanAnomaly: physics(360),
    ascendingNode: physics(360),
    rotationalPeriod: physics(100),
    rotationalPeriodTidallyLocked: random.chance(0.5),
    axialTilt: physics(1),
    parents: [{ Star: 1 }, { Null: 0 }],
    timestamps: { distanceToArrival: '2023-11-02T14:25:36Z', meanAnomaly: '2023-11-02T14:25:36Z' },
  }).slice(1, -1);
}
