import type { Position } from '../../galaxy/galaxy.ts';
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

interface Tour {
  readonly stops: readonly number[];
  readonly seconds: number;
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
  const filled = partition.map((tour) => [...tour]);
  const least = Math.max(1, Math.floor(points.length / filled.length));
  fill(points, filled, least);
  const flown = (stops: readonly number[], commander: number) => ({ stops, seconds: cost(commander, stops) });
  let tours: readonly Tour[] = filled.map(flown);
  let lastMoved: number | null = null;
  for (let round = 0; round < BALANCING.maxRounds; round++) {
    const spread = spreadOf(tours.map(({ seconds }) => seconds));
    if (spread < BALANCING.goodSpread) break;
    const from = tours.reduce((longest, tour) => (tour.seconds > longest.seconds ? tour : longest));
    const to = tours.reduce((shortest, tour) => (tour.seconds < shortest.seconds ? tour : shortest));
    if (from.stops.length <= least) break;
    const stop = candidates(points, tours, from, to).find((each) => each !== lastMoved);
    if (stop === undefined) break;
    const next = tours.map((tour, commander) => {
      if (tour === from)
        return flown(
          from.stops.filter((each) => each !== stop),
          commander,
        );
      return tour === to ? flown([...to.stops, stop], commander) : tour;
    });
    const rise = spreadOf(next.map(({ seconds }) => seconds)) / spread - 1;
    const isTaken = rise <= 0 || (rise < BALANCING.allowedRise && spread > BALANCING.allowedAbove);
    if (!isTaken) break;
    tours = next;
    lastMoved = stop;
  }
  return tours.map(({ stops }) => [...stops]);
}

/** Nobody has less than `least`; who has several at one place only gets one elsewhere. */
function fill(points: readonly Position[], tours: readonly number[][], least: number): void {
  for (const tour of tours) {
    while (tour.length < least && take(points, tours, tour, least)) continue;
    const [place] = tour.flatMap((stop) => points[stop] ?? []);
    const isOnePlace = place !== undefined && tour.every((stop) => distanceTo(points, stop, place) === 0);
    if (tour.length > 1 && isOnePlace) take(points, tours, tour, least, place);
  }
}

/** One stop from the commander with most, the nearest. @returns false: nobody has one to give */
function take(
  points: readonly Position[],
  tours: readonly number[][],
  taking: number[],
  least: number,
  elsewhereThan?: Position,
): boolean {
  const most = Math.max(...tours.map((tour) => tour.length));
  const giving = tours.find((tour) => tour !== taking && tour.length === most);
  if (giving === undefined || giving.length <= least) return false;
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
function candidates(points: readonly Position[], tours: readonly Tour[], from: Tour, to: Tour): number[] {
  const flown = tours.filter(({ seconds }) => seconds > 0);
  const meanS = flown.reduce((sum, { seconds }) => sum + seconds, 0) / flown.length;
  const [place] = from.stops.flatMap((stop) => points[stop] ?? []);
  const isTorn =
    place !== undefined &&
    from.stops.length === 2 &&
    from.stops.some((stop) => distanceTo(points, stop, place) > BALANCING.farApartLy);
  if (isTorn) return byDistance(points, from.stops, centroid(points, [...points.keys()])).reverse();
  if (from.seconds > BALANCING.outlierRatio * meanS) {
    return byDistance(points, from.stops, centroid(points, from.stops)).reverse();
  }
  return byDistance(points, from.stops, centroid(points, to.stops));
}

function byDistance(points: readonly Position[], stops: readonly number[], from: Position): number[] {
  return [...stops].sort((a, b) => distanceTo(points, a, from) - distanceTo(points, b, from));
}
