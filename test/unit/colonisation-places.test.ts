import { describe, expect, test } from 'vitest';
import {
  emptyCarrier,
  placeOf,
  transitOf,
  type Carrier,
} from '../../src/domain/colonisation/book/carrier.ts';
import {
  emptySite,
  isOnlySeenAgain,
  mergeSites,
  siteOfDepot,
  type Site,
} from '../../src/domain/colonisation/book/site.ts';

const place = (atS: number, systemName: string, systemId: string | null = null) => ({
  atS,
  systemName,
  systemId,
});
const SOL = { systemName: 'Sol', systemId: '7' };
const jump = (to: Omit<NonNullable<Carrier['place']>, 'atS'> | null, departsAtS: number | null) => ({
  atS: 100,
  to,
  departsAtS,
});
const carrier = (fields: Partial<Carrier>): Carrier => ({ ...emptyCarrier(1, true), ...fields });

describe('a carrier at 1000 s that was told at 100 s to jump to Sol', () => {
  /** 15 minutes after its departure nobody need see it. */
  const [LATELY, LONG_AGO] = [100, 99];
  const XINCA = place(50, 'Xinca', '8');
  test.each<[string, Partial<Carrier>, boolean, ReturnType<typeof place> | null]>([
    ['has no jump', { place: XINCA }, false, XINCA],
    ['has cancelled it', { place: XINCA, jump: jump(null, null) }, false, XINCA],
    ['departed lately', { place: XINCA, jump: jump(SOL, LATELY) }, true, XINCA],
    ['departed long ago', { place: XINCA, jump: jump(SOL, LONG_AGO) }, false, { ...SOL, atS: LONG_AGO }],
    [
      'departed long ago from nobody knows where',
      { jump: jump(SOL, LONG_AGO) },
      false,
      { ...SOL, atS: LONG_AGO },
    ],
    ['departs at a time that nobody told', { place: XINCA, jump: jump(SOL, null) }, true, XINCA],
    [
      'was seen elsewhere as it departed, long ago',
      { place: place(LONG_AGO, 'Xinca'), jump: jump(SOL, LONG_AGO) },
      false,
      place(LONG_AGO, 'Xinca'),
    ],
    [
      'was seen there since',
      { place: place(101, 'Sol', '7'), jump: jump(SOL, LATELY) },
      false,
      place(101, 'Sol', '7'),
    ],
    [
      'was seen there when it was told',
      { place: place(100, 'Sol', '7'), jump: jump(SOL, LATELY) },
      true,
      place(100, 'Sol', '7'),
    ],
    [
      'was seen in another system of that name',
      { place: place(101, 'Sol', '9'), jump: jump(SOL, LATELY) },
      true,
      place(101, 'Sol', '9'),
    ],
    [
      'was seen in one of that name, whichever',
      { place: place(101, 'SOL'), jump: jump(SOL, LATELY) },
      false,
      place(101, 'SOL'),
    ],
    [
      'was told one of that name, whichever',
      { place: place(101, 'Sol', '7'), jump: jump({ systemName: 'sol', systemId: null }, LATELY) },
      false,
      place(101, 'Sol', '7'),
    ],
    [
      'was seen in one of another name, whichever',
      { place: place(101, 'Xinca'), jump: jump(SOL, LATELY) },
      true,
      place(101, 'Xinca'),
    ],
  ])('%s', (_, fields, isUnderway, where) => {
    const found = carrier(fields);
    expect(transitOf(found, 1_000)).toBe(isUnderway ? found.jump : null);
    expect(placeOf(found, 1_000)).toEqual(where);
  });
});

describe('a depot', () => {
  const good = (provided: number) => ({ name: null, required: 10, provided, payment: null });
  const depot = (atS: number, steel: number, more: object = {}) => ({
    ...{
      atS,
      progress: 0.5,
      isComplete: false,
      isFailed: false,
      goods: { gold: good(3), steel: good(steel) },
    },
    ...more,
  });
  const site = (...told: Parameters<typeof depot>): Site => siteOfDepot(7, depot(...told));

  test('of one second is the one that counts more: it was written after a delivery', () => {
    // A progress that sorts after the other one does not make it newer.
    const [before, after] = [site(5, 4, { progress: 0.9 }), site(5, 6, { progress: 0.1 })];
    expect(mergeSites(before, after).depot).toBe(after.depot);
    expect(mergeSites(after, before).depot).toBe(after.depot);
    const [low, high] = [site(5, 4, { progress: 0.1 }), site(5, 4, { progress: 0.9 })];
    expect([mergeSites(low, high).depot, mergeSites(high, low).depot]).toEqual([high.depot, high.depot]);
    expect(mergeSites(emptySite(7), low).depot).toBe(low.depot);
    expect(mergeSites(low, emptySite(7)).depot).toBe(low.depot);
  });

  test('that says the same later was only seen again, unless anything else of the site is another', () => {
    const before = site(5, 4);
    const again = { ...before, depot: depot(9, 4) };
    expect(isOnlySeenAgain(before, again)).toBe(true);
    expect(isOnlySeenAgain(before, { ...before, depot: { ...before.depot!, atS: 9 } })).toBe(true);
    for (const more of [
      ...[
        { depot: depot(9, 5) },
        { depot: depot(9, 4, { isFailed: true }) },
        { depot: null },
        { counted: {} },
      ],
      ...[
        { place: { ...place(9, 'Sol'), name: 'Site', type: null } },
        { deliveries: [] },
        { port: { atS: 9, by: 'docking' } as const },
      ],
    ])
      expect(isOnlySeenAgain(before, { ...again, ...more }), JSON.stringify(more)).toBe(false);
    expect(isOnlySeenAgain({ ...before, depot: null }, again)).toBe(false);
  });
});
