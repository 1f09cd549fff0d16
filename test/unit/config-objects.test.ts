import { describe, expect, test } from 'vitest';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { config, messages } from '../support/config.ts';

describe('active hours', () => {
  const noon = Date.parse('2026-07-01T12:00:00Z');
  const openAtNoon = async (hours: unknown) => {
    const { activeHours } = await config({ active_hours: hours });
    return Object.values(activeHours).map((each) => each.isOpen(noon));
  };

  test('each job has its own, a job without any always may', async () => {
    expect(await openAtNoon({ spansh: '23:00-06:00', maintenance: ['01:00-02:00', '11:00-13:00'] })).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('on the clocks of the zone', async () => {
    const windows = { spansh: '13:30-14:30', maintenance: '12:00-13:00' };
    expect(await openAtNoon({ ...windows, timezone: 'Europe/Berlin' })).toEqual([true, false, true]);
  });

  test.each([
    [{ spansh: '8-9' }, '; spansh: "8-9" is no window: HH:MM-HH:MM, from 00:00 to 24:00; this run uses'],
    [{ maintenance: '08:00-09:00', timezone: 'Mars' }, 'maintenance: "Mars" is no IANA time zone'],
    [{ feed: '08:00-09:00' }, 'allowed: {"spansh": windows, '],
    [{ spansh: [] }, 'allowed: {"spansh": windows, '],
    ['08:00-09:00', 'active_hours is "08:00-09:00"; allowed: {"spansh": windows, '],
  ])('%j is reported', async (hours, part) => {
    expect(await messages({ active_hours: hours })).toEqual([expect.stringContaining(part)]);
  });
});

describe('learn', () => {
  const all = 'commodity journal outfitting shipyard approachsettlement dockinggranted navroute'.split(' ');

  test.each([
    [true, all],
    [false, []],
    [{}, all],
    [{ journal: false, shipyard: true }, all.filter((name) => name !== 'journal')],
  ])('%j', async (learn, expected) => {
    expect((await config({ learn })).rules.learn).toEqual(expected);
  });

  test('a name that is none is reported', async () => {
    expect(await messages({ learn: { journals: false } })).toEqual([
      expect.stringContaining('allowed: true, false or {"name": true or false, ...} with names of commodity'),
    ]);
  });
});

describe('tour_times', () => {
  test('what is said goes before the medians, down to single figures', async () => {
    const { tourTimes } = await config({ tour_times: { jumpToJumpS: 45, arrivalSpaceS: { base: 100 } } });
    expect(tourTimes).toEqual({
      ...TRAVEL_TIMES,
      jumpToJumpS: 45,
      arrivalSpaceS: { base: 100, perLogLs: TRAVEL_TIMES.arrivalSpaceS.perLogLs },
    });
  });

  test.each([{ jumpToJump: 45 }, { marketS: -1 }, { routeFactor: 0 }, 60])('%j is none', async (times) => {
    expect(await messages({ tour_times: times })).toEqual([expect.stringContaining('tour_times is ')]);
  });
});
