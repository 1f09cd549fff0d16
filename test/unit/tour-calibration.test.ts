import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { secondsOf, TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { calibrated, fitOf, median } from '../../src/domain/tours/pace/calibrate.ts';
import { flownTimes, type FlownLeg } from '../../src/domain/tours/pace/journal-legs.ts';
import { errorOf, intervalOf, paceOf } from '../../src/domain/tours/pace/pace.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';

const NOON_S = 1_795_867_200;

const at = (seconds: number, event: string, more: object = {}) => ({
  ...{ timestamp: new Date((NOON_S + seconds) * 1000).toISOString().replace('.000', ''), event },
  ...more,
});

const port = { StationType: 'Coriolis', StationName: 'Port', MarketID: 1, DistFromStarLS: 100 };

test('a leg is from undocked to docked, with its jumps; a stay counts where the market was opened', () => {
  const carrier = { StationType: 'FleetCarrier', StationName: 'K7Q-B1N', MarketID: 2, DistFromStarLS: 5 };
  const { legs, stays } = flownTimes([
    at(0, 'Docked', port),
    at(10, 'Market'),
    at(50, 'Undocked'),
    at(120, 'FSDJump'),
    at(180, 'FSDJump'),
    at(400, 'Docked', carrier),
    at(700, 'Undocked'),
    at(900, 'Docked', { StationType: 'CraterPort', StationName: 'Base', MarketID: 3 }),
  ]);
  expect(legs).toEqual([
    { jumps: 2, seconds: 350, lsFromStar: 5, isPlanetary: false, isCarrier: true },
    { jumps: 0, seconds: 200, lsFromStar: null, isPlanetary: true, isCarrier: false },
  ]);
  expect(stays).toEqual([50]);
});

test('a leg in which the game was left, the ship was carried, or a pause was made is none', () => {
  const flown = (between: readonly unknown[], seconds = 300) =>
    flownTimes([at(0, 'Undocked'), ...between, at(seconds, 'Docked', port)]).legs.map(({ jumps }) => jumps);
  const noEvents = [null, 7, { event: 'FSDJump' }, { event: 'FSDJump', timestamp: 7 }];
  expect(flown([...noEvents, at(20, 'Music'), at(30, 'FSDJump')])).toEqual([1]);
  for (const event of ['LoadGame', 'CarrierJump', 'Died']) expect(flown([at(100, event)])).toEqual([]);
  expect([flown([], 3_600), flown([], 3_601)]).toEqual([[0], []]);
});

test('a stay in which a pause was made is none, nor is one whose beginning nobody knows', () => {
  const stayed = (seconds: number) =>
    flownTimes([at(0, 'Docked', port), at(1, 'Market'), at(seconds, 'Undocked')]).stays;
  expect([stayed(3_600), stayed(3_601)]).toEqual([[3_600], []]);
  expect(flownTimes([at(0, 'Market'), at(5, 'Undocked')]).stays).toEqual([]);
});

test('whether a port is planetary is known by its type', () => {
  const [leg] = flownTimes([at(0, 'Undocked'), at(9, 'Docked', { StationType: 'Palace' })]).legs;
  expect(leg).toMatchObject({ isPlanetary: null, isCarrier: false });
});

test('his own medians take the place of the times where there are enough of them', () => {
  const leg = (jumps: number, lateS: number, more: Partial<FlownLeg> = {}): FlownLeg => {
    const what = { lsFromStar: 300, isPlanetary: false, isCarrier: false, ...more };
    return { ...what, jumps, seconds: secondsOf(what, jumps) - TRAVEL_TIMES.marketS + lateS };
  };
  const legs = [
    ...[60, -20, 70, -10, 50].map((lateS) => leg(3, lateS)),
    ...[100, 100, 100, 100, 101].map((lateS) => leg(3, lateS, { isPlanetary: true })),
    ...[30, 20, 10, 50, 40].map((lateS) => leg(0, lateS)),
    ...[500, 500].map((lateS) => leg(0, lateS, { isPlanetary: true })),
  ];
  const own = calibrated({ legs, stays: [30, 31, 32, 33, 90] }, TRAVEL_TIMES);
  expect(own).toEqual({
    ...TRAVEL_TIMES,
    marketS: 32,
    sameSystemS: { ...TRAVEL_TIMES.sameSystemS, space: TRAVEL_TIMES.sameSystemS.space + 30 },
    arrivalSpaceS: { ...TRAVEL_TIMES.arrivalSpaceS, base: TRAVEL_TIMES.arrivalSpaceS.base + 50 },
    arrivalPlanetaryS: { ...TRAVEL_TIMES.arrivalPlanetaryS, base: TRAVEL_TIMES.arrivalPlanetaryS.base + 100 },
  });
  expect(calibrated({ legs: legs.slice(0, 4), stays: [1] }, TRAVEL_TIMES)).toEqual(TRAVEL_TIMES);
});

test('a fit tells the median error, and how far all together is off', () => {
  const what = { lsFromStar: 300, isPlanetary: false, isCarrier: false, jumps: 0 };
  const { space } = TRAVEL_TIMES.sameSystemS;
  const legs = [1, 2, 0.5].map((factor) => ({ ...what, seconds: space * factor }));
  expect(fitOf(legs, TRAVEL_TIMES)).toEqual({ legs: 3, medianError: 0.5, total: 3 / 3.5 - 1 });
  expect(fitOf([], TRAVEL_TIMES)).toBeNull();
});

test('the median of an even number is between the two in the middle', () => {
  expect([median([4, 1]), median([9, 1, 3, 5]), median([7, 1, 5])]).toEqual([2.5, 4, 5]);
});

test.each([
  [100, 3_600, true],
  [100, 3_601, false],
  [100, 1, true],
  [100, 0, false],
  [0, 60, false],
])('a leg that was planned with %i s and took %i s tells of a pace: %j', (plannedS, takenS, tells) => {
  expect(intervalOf(plannedS, 1.5, takenS)).toEqual(tells ? { plannedS, pace: 1.5, takenS } : null);
});

test('a pace is the median of at least five legs, beside that of their plans, within bounds', () => {
  const flown = (pace: number, ...takenS: number[]) =>
    takenS.map((each) => ({ plannedS: 100, pace, takenS: each }));
  expect(paceOf(flown(1, 120, 110, 400, 130, 100))).toBe(1.2);
  expect(paceOf(flown(2, 120, 110, 400, 130, 100))).toBe(2.4);
  expect(paceOf(flown(1, 120, 110, 400, 130))).toBe(1);
  expect([paceOf(flown(1, 9, 9, 9, 9, 9)), paceOf(flown(1, 900, 900, 900, 900, 900))]).toEqual([0.5, 3]);
  expect(errorOf(flown(1, 50, 50))).toEqual({ legs: 2, medianError: 1, total: 1 });
});

test.runIf(hasSharedData)('real journals: the figures of docs/tours.md', () => {
  const folder = new URL('journals/', SHARED_DATA);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .sort();
  const lines = files.flatMap((name) => readFileSync(new URL(name, folder), 'utf8').trim().split('\n'));
  const flown = flownTimes(lines.map((line) => JSON.parse(line) as unknown));
  const before = fitOf(flown.legs, TRAVEL_TIMES)!;
  const after = fitOf(flown.legs, calibrated(flown, TRAVEL_TIMES))!;
  expect(before.legs).toBe(107);
  expect(before.medianError).toBeCloseTo(0.235, 3);
  expect(before.total).toBeCloseTo(-0.183, 3);
  expect(after.medianError).toBeCloseTo(0.23, 3);
  expect(after.total).toBeCloseTo(-0.136, 3);
});
