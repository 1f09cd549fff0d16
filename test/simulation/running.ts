import { expect } from 'vitest';
import type { SystemPorts } from '../../src/actors/child.ts';
import type { SystemSettings } from '../../src/actors/settings.ts';
import { checkGone } from './checks.ts';
import { startLife } from './life.ts';
import { scenario, type Fault } from './scenario.ts';
import { stop, worldWith } from './script.ts';

const plan = scenario(1);
export const DEFAULTS: SystemSettings = {
  ...plan.settings,
  stations: { ...plan.settings.stations, maxLive: 4_096, batch: { rows: 12_000, markets: 120 } },
  exporter: { ...plan.settings.exporter, intervalMs: 600_000 },
  // Dumps bring markets, too.
  spanshUpdater: { ...plan.settings.spanshUpdater, enabled: false },
  deferEveryN: 0,
  drainMs: 60_000,
};

export const WITH_DUMPS = { spanshUpdater: plan.settings.spanshUpdater };

interface Options {
  readonly faults?: Partial<Record<Fault, readonly [fromS: number, toS: number]>>;
  readonly settings?: Partial<SystemSettings>;
  readonly purgeEveryMs?: number;
  /** Hears what is logged. */
  readonly onLine?: (text: string) => void;
  readonly ports?: (ports: SystemPorts) => Partial<SystemPorts>;
}

/** A system on fake ports that has come up, where all systems are known. */
export async function running({ faults = {}, settings = {}, purgeEveryMs = 0, ports, onLine }: Options = {}) {
  const world = worldWith(faults, {
    ...{ settings: { ...DEFAULTS, ...settings }, purgeEveryMs },
  });
  for (let system = 0; system < 6; system++) world.systems.add(`System ${system}`);
  const lines: string[] = [];
  const life = startLife(world, (before) => {
    const all = { ...before, ...ports?.(before) };
    const tell = (_: unknown, text: string) => {
      lines.push(text);
      onLine?.(text);
    };
    return { ...all, log: { debug: tell, info: tell, warn: tell, error: tell } };
  });
  await world.clock.advance(4_000);
  const seen = (marketId: number) => world.message(marketId, world.nowS, 2);
  const publish = (...marketIds: readonly number[]) => {
    for (const id of marketIds) world.publish(seen(id));
  };
  const actor = (name: string) => life.system.status.report().actors.find((each) => each.name === name);
  const end = async () => {
    await stop(world, life);
    checkGone(world, life);
    expect(world.violations).toEqual([]);
  };
  return { world, life, system: life.system, lines, seen, publish, actor, end };
}
