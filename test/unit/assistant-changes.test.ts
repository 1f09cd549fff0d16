import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emptySite, type Site } from '../../src/domain/colonisation/book/site.ts';
import type { Colonisation } from '../../src/domain/ports/commanders/colonisation.ts';
import { SiteChanges } from '../../src/infra/http/routes/assistant/changes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const place = {
  atS: 1,
  name: 'Trevithick Dock',
  systemId: '7',
  systemName: 'Sol',
} as unknown as Site['place'];
const COUNTED = {};
const DELIVERIES: Site['deliveries'] = [];
const site = (atS: number, provided: number): Site => ({
  ...{ ...emptySite(1), place, counted: COUNTED, deliveries: DELIVERIES },
  depot: {
    ...{ atS, progress: 0.5, isComplete: false, isFailed: false },
    goods: { steel: { name: null, required: 10, provided, payment: null } },
  },
});

test('what the game repeats is no change; what is told together counts once', () => {
  let sites = [site(10, 1)];
  let tell = (): void => undefined;
  const told: string[][] = [];
  const changes = new SiteChanges({
    sites: () => sites,
    carriers: () => [],
    commanders: () => [],
    onChange: (listener) => {
      tell = listener;
      return () => undefined;
    },
  } as Partial<Colonisation> as Colonisation);
  changes.follow((systems) => told.push([...systems]));
  const see = (...next: readonly Site[]) => {
    for (const each of next) {
      sites = [each];
      tell();
    }
    vi.runAllTimers();
  };
  see(site(25, 1));
  see(site(40, 1), site(55, 1));
  expect([changes.seq, told]).toEqual([0, []]);
  see(site(70, 2), site(85, 3));
  expect([changes.seq, told]).toEqual([1, [['sol']]]);
  see(site(100, 3));
  expect(changes.seq).toBe(1);
});
