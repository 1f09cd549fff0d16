import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { secondsOf, TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { calibrated, fitOf } from '../../src/domain/tours/pace/calibrate.ts';
import { flownTimes, type FlownLeg } from '../../src/domain/tours/pace/journal-legs.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';

const at = (seconds: number, event: string, more: object = {}) => ({
  ...{ timestamp: new Date(seconds * 1000).toISOString().replace('.000', ''), event },
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
    flownTimes([at(0, 'Undocked'), ...between, at(seconds, 'Docked', port)]).legs.length;
  expect(flown([null, 7, { event: 'FSDJump' }, at(20, 'Music')])).toBe(1);
  for (const event of ['LoadGame', 'CarrierJump', 'Died']) expect(flown([at(100, event)])).toBe(0);
  expect(flown([], 3_601)).toBe(0);
});

test('his own medians take the place of the times where there are enough of them', () => {
  const leg = (jumps: number, lateS: number, more: Partial<FlownLeg> = {}): FlownLeg => {
    const what = { lsFromStar: 300, isPlanetary: false, isCarrier: false, ...more };
    return { ...what, jumps, seconds: secondsOf(what, jumps) - TRAVEL_TIMES.marketS + lateS };
  };
  const legs = [
    ...[-20, -10, 50, 60, 70].map((lateS) => leg(3, lateS)),
    ...[10, 20, 30, 40, 50, 60].map((lateS) => leg(0, lateS)),
    ...[500, 500].map((lateS) => leg(0, lateS, { isPlanetary: true })),
  ];
  const own = calibrated({ legs, stays: [30, 31, 32, 33, 90] }, TRAVEL_TIMES);
  expect(own).toEqual({
    ...TRAVEL_TIMES,
    marketS: 32,
    sameSystemS: { ...TRAVEL_TIMES.sameSystemS, space: TRAVEL_TIMES.sameSystemS.space + 35 },
    arrivalSpaceS: { ...TRAVEL_TIMES.arrivalSpaceS, base: TRAVEL_TIMES.arrivalSpaceS.base + 50 },
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
