import { SeededRandom } from '../../seeded-random.ts';
import { bestLoad, Rest, type Load } from './fill-load.ts';
import { LoadProblem, type LoadLeg, type SupplyRequest } from './load-problem.ts';

/** A seller at which a load stops. */
interface LoadStop extends LoadLeg {
  readonly marketId: number;
  /** Tonnes, credits a tonne. */
  readonly goods: readonly { readonly symbol: string; readonly tonnes: number; readonly price: number }[];
}

export interface PlannedLoad {
  /** So many flights alike. */
  readonly times: number;
  /** Of one. */
  readonly tonnes: number;
  readonly seconds: number;
  readonly stops: readonly LoadStop[];
  readonly back: LoadLeg;
}

/** How everything that can be had is brought in as little time as was found. */
export interface SupplyPlan {
  /** Those that bring most tonnes a minute first. */
  readonly loads: readonly PlannedLoad[];
  readonly tonnes: number;
  readonly seconds: number;
  /** Tonnes that nobody sells, by symbol. */
  readonly missing: Readonly<Record<string, number>>;
}

/** Times that some loads are taken apart and put together again. */
const ROUNDS = 1_000;
/** Loads that are taken apart together. */
const MOST_RUINED = 4;
/** How much worse a round may make it, in mean loads: at first. */
const WARM = 0.1;

/**
 * Loads that bring what is needed: every tonne that anybody sells, in little time. The first plan takes the load with most tonnes a
 * second again and again; then some loads are taken apart and made anew with some chance, and what is quicker stays.
 * @param progress how much of the time has gone; from 1 on the best so far is taken
 */
export function planSupply(request: SupplyRequest, progress: () => number): SupplyPlan {
  const problem = new LoadProblem(request);
  const rest = new Rest(problem);
  const first = filled(problem, rest, null);
  const loads = merged(improved(problem, rest, first, new SeededRandom(request.seed), progress));
  const planned = loads.map((load) => describe(problem, load)).sort((a, b) => rateOf(b) - rateOf(a));
  return {
    loads: planned,
    tonnes: planned.reduce((sum, { tonnes, times }) => sum + tonnes * times, 0),
    seconds: secondsOf(planned),
    missing: Object.fromEntries(
      problem.goods.flatMap((symbol, good) => {
        const tonnes = rest.needs[good] ?? 0;
        return tonnes > 0 ? [[symbol, tonnes] as const] : [];
      }),
    ),
  };
}

/** Loads until nothing can be had any more; the rest is what it leaves. */
function filled(problem: LoadProblem, rest: Rest, random: SeededRandom | null): Load[] {
  const loads: Load[] = [];
  for (let load = bestLoad(problem, rest, random); load !== null; load = bestLoad(problem, rest, random)) {
    const times = rest.timesOf(load);
    rest.take(load, times);
    loads.push({ ...load, times });
  }
  return loads;
}

/** @param rest what the loads leave; what the best leave in the end, which is the same in all */
function improved(
  problem: LoadProblem,
  rest: Rest,
  first: readonly Load[],
  random: SeededRandom,
  progress: () => number,
): readonly Load[] {
  let now = first;
  let best = first;
  const meanS = secondsOf(first) / Math.max(1, countOf(first));
  for (let round = 0; round < ROUNDS && now.length > 0 && progress() < 1; round++) {
    const { kept, ruined } = ruin(now, random);
    for (const load of ruined) rest.take(load, -load.times);
    const anew = filled(problem, rest, random);
    const next = [...kept, ...anew];
    const allowedS = WARM * meanS * (1 - round / ROUNDS) * random.next();
    if (secondsOf(next) <= secondsOf(now) + allowedS) {
      now = next;
      if (secondsOf(now) < secondsOf(best)) best = now;
    } else {
      for (const load of anew) rest.take(load, -load.times);
      for (const load of ruined) rest.take(load, load.times);
    }
  }
  return best;
}

/** Of some loads one flight, or all that are alike. */
function ruin(
  loads: readonly Load[],
  random: SeededRandom,
): { readonly kept: Load[]; readonly ruined: Load[] } {
  const chosen = new Set<number>();
  const wanted = random.integer(1, Math.min(MOST_RUINED, loads.length));
  while (chosen.size < wanted) chosen.add(random.integer(0, loads.length - 1));
  const kept: Load[] = [];
  const ruined: Load[] = [];
  for (const [at, load] of loads.entries()) {
    const times = !chosen.has(at) ? 0 : random.chance(0.5) ? load.times : 1;
    if (times > 0) ruined.push({ ...load, times });
    if (times < load.times) kept.push({ ...load, times: load.times - times });
  }
  return { kept, ruined };
}

/** Those alike as one. */
function merged(loads: readonly Load[]): Load[] {
  const byKey = new Map<string, Load>();
  for (const load of loads) {
    const takes = load.takes.map(({ seller, good, tonnes }) => `${seller} ${good} ${tonnes}`).sort();
    const key = `${load.stops.join()} ${takes.join()}`;
    byKey.set(key, { ...load, times: load.times + (byKey.get(key)?.times ?? 0) });
  }
  return [...byKey.values()];
}

function describe(problem: LoadProblem, { stops, takes, tonnes, seconds, times }: Load): PlannedLoad {
  return {
    ...{ times, tonnes, seconds },
    stops: stops.map((seller, at) => ({
      ...problem.leg(stops[at - 1] ?? -1, seller),
      marketId: problem.sellers[seller]?.marketId ?? 0,
      goods: takes.flatMap(({ seller: from, good, tonnes: taken }) =>
        from === seller
          ? [{ symbol: problem.goods[good] ?? '', tonnes: taken, price: problem.priceOf(seller, good) }]
          : [],
      ),
    })),
    back: problem.leg(stops.at(-1) ?? -1, -1),
  };
}

function secondsOf(loads: readonly Pick<Load, 'seconds' | 'times'>[]): number {
  return loads.reduce((sum, { seconds, times }) => sum + seconds * times, 0);
}

function countOf(loads: readonly Load[]): number {
  return loads.reduce((sum, { times }) => sum + times, 0);
}

function rateOf({ tonnes, seconds }: PlannedLoad): number {
  return tonnes / seconds;
}
