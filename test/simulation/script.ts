import type { Life } from './life.ts';
import { FAULTS, scenario, type Fault, type Scenario } from './scenario.ts';
import { World } from './world.ts';

/** A world in which only these faults happen, at these seconds. */
export function worldWith(
  faults: Partial<Record<Fault, readonly [fromS: number, toS: number]>>,
  overrides: Partial<Scenario> = {},
): World {
  const plan = scenario(1);
  const windows = FAULTS.map((fault) => {
    const [fromS, toS] = faults[fault] ?? [0, 0];
    return [fault, [{ fromMs: plan.startMs + fromS * 1000, toMs: plan.startMs + toS * 1000 }]] as const;
  });
  const settings = { ...plan.settings, drainMs: 2_000 };
  return new World({ ...plan, windows: new Map(windows), settings, ...overrides });
}

export async function fireUntil(world: World, isReached: () => boolean): Promise<void> {
  for (let timers = 0; !isReached(); timers++) {
    if (timers > 10_000) throw new Error('it never comes');
    await world.clock.fireNext();
  }
}

export async function stop(world: World, life: Life): Promise<void> {
  life.system.stop();
  await fireUntil(world, () => life.ended !== null);
  await world.clock.advance(10_000);
}
