import { distanceLy, type Position } from '../../galaxy/galaxy.ts';
import { centroid, distanceTo } from './geometry.ts';
import type { TourCost } from './greedy.ts';

/** How tours are made alike. Source: the market tours of the seeds, whose figures these are. */
const BALANCING = {
  maxRounds: 50,
  /** Tours are alike when none is farther from the mean than this part of it. */
  goodSpread: 0.3,
  /** A tour this many times the mean gives away what lies farthest out. */
  outlierRatio: 1.5,
  /** Two stops farther apart than this are no neighbourhood. */
  farApartLy: 500,
  /** A step that makes it worse by less than this part is taken... */
  allowedRise: 0.1,
  /** ...while the spread is above this. */
  allowedAbove: 0.5,
} as const;

/** The largest distance of a tour from the mean, as a part of it. Empty tours do not count. */
export function spreadOf(seconds: readonly number[]): number {
  const flown = seconds.filter((each) => each > 0);
  if (flown.length === 0) return 0;
  const mean = flown.reduce((sum, each) => sum + each, 0) / flown.length;
  return Math.max(...flown.map((each) => Math.abs(each - mean))) / mean;
}

/**
 * Moves stops from long tours to short ones until they take about as long. Every stop stays in exactly one tour.
 * @returns the tours; their order within is for others to make
 */
export function balance(
  points: readonly Position[],
  partition: readonly (readonly number[])[],
  cost: TourCost,
): number[][] {
  let tours = partition.map((tour) => [...tour]);
  if (tours.length < 2) return tours;
  const least = Math.max(1, Math.floor(points.length / tours.length));
  fill(points, tours, least);
  const timesOf = (of: readonly (readonly number[])[]) => of.map((tour, commander) => cost(commander, tour));
  let seconds = timesOf(tours);
  let lastMoved = -1;
  for (let round = 0; round < BALANCING.maxRounds; round++) {
    const spread = spreadOf(seconds);
    if (spread < BALANCING.goodSpread) break;
    const from = seconds.indexOf(Math.max(...seconds));
    const to = seconds.indexOf(Math.min(...seconds));
    const giving = tours[from] ?? [];
    if (from === to || giving.length <= least) break;
    const stop = candidates(points, tours, seconds, from, to).find((each) => each !== lastMoved);
    if (stop === undefined) break;
    const next = tours.map((tour, at) =>
      at === from ? tour.filter((each) => each !== stop) : at === to ? [...tour, stop] : tour,
    );
    const nextSeconds = timesOf(next);
    const rise = spreadOf(nextSeconds) / spread - 1;
    const isTaken = rise <= 0 || (rise < BALANCING.allowedRise && spread > BALANCING.allowedAbove);
    if (!isTaken) break;
    tours = next;
    seconds = nextSeconds;
    lastMoved = stop;
  }
  return tours;
}

/** Nobody has less than `least`; who has several at one place only gets one elsewhere. */
function fill(points: readonly Position[], tours: number[][], least: number): void {
  for (const [at, tour] of tours.entries()) {
    while (tour.length < least && take(points, tours, at, least)) continue;
    const [first] = tour;
    const place = first === undefined ? undefined : points[first];
    const isOnePlace = place !== undefined && tour.every((stop) => distanceTo(points, stop, place) === 0);
    if (tour.length > 1 && isOnePlace) take(points, tours, at, least, place);
  }
}

/** One stop from the commander with most, the nearest. @returns false: nobody has one to give */
function take(
  points: readonly Position[],
  tours: readonly number[][],
  to: number,
  least: number,
  elsewhereThan?: Position,
): boolean {
  const most = Math.max(...tours.map((tour) => tour.length));
  const from = tours.findIndex((tour, at) => at !== to && tour.length === most);
  const giving = tours[from];
  const taking = tours[to];
  if (giving === undefined || taking === undefined || giving.length <= least) return false;
  const middle = centroid(points, taking.length === 0 ? giving : taking);
  const [stop] = byDistance(points, giving, middle).filter(
    (each) => elsewhereThan === undefined || distanceTo(points, each, elsewhereThan) > 0,
  );
  if (stop === undefined) return false;
  giving.splice(giving.indexOf(stop), 1);
  taking.push(stop);
  return true;
}

/** Stops that the longest tour may give to the shortest one, the best first. */
function candidates(
  points: readonly Position[],
  tours: readonly (readonly number[])[],
  seconds: readonly number[],
  from: number,
  to: number,
): number[] {
  const giving = tours[from] ?? [];
  const flown = seconds.filter((each) => each > 0);
  const mean = flown.reduce((sum, each) => sum + each, 0) / flown.length;
  const [a, b] = giving.map((stop) => points[stop]);
  if (giving.length === 2 && a !== undefined && b !== undefined && distanceLy(a, b) > BALANCING.farApartLy) {
    return byDistance(points, giving, centroid(points, Array.from(points.keys()))).reverse();
  }
  if ((seconds[from] ?? 0) > BALANCING.outlierRatio * mean) {
    return byDistance(points, giving, centroid(points, giving)).reverse();
  }
  const taking = tours[to] ?? [];
  return byDistance(points, giving, centroid(points, taking.length === 0 ? giving : taking));
}

function byDistance(points: readonly Position[], stops: readonly number[], from: Position): number[] {
  return [...stops].sort((a, b) => distanceTo(points, a, from) - distanceTo(points, b, from));
}
