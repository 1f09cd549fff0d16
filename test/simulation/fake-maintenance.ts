import { ALWAYS } from '../../src/domain/active-hours.ts';
import type { MaintenanceWindowPorts } from '../../src/domain/ports/upkeep/maintenance-window.ts';
import type { ProcessTime } from '../support/virtual-time.ts';
import type { World } from './world.ts';

/** Work that wants the database for itself. */
export async function maintain(
  world: World,
  time: ProcessTime,
  what: string,
  signal?: AbortSignal,
): Promise<void> {
  if (world.maintained) world.violated(`${what} beside other maintenance`);
  if (!world.inMaintenance()) world.violated(`${what} outside a window`);
  if (world.databaseUsers.size > 0)
    world.violated(`${what} while ${[...world.databaseUsers].join()} goes on`);
  world.note(`${what} begins`);
  world.maintained = true;
  try {
    for (let i = 0; i < 3; i += 1) {
      await time.after(world.random.between(10, 5_000), signal);
      if (world.suffers('maintenance fails')) throw new Error(`${what}: no right to do that`);
    }
  } finally {
    world.maintained = false;
  }
}

export function createFakeMaintenance(world: World, time: ProcessTime): MaintenanceWindowPorts {
  return {
    settings: () => ({
      purgeEveryMs: world.scenario.purgeEveryMs,
      retentionDays: 30,
      optimizeEveryMs: world.scenario.purgeEveryMs * 2,
      hours: ALWAYS,
    }),
    tidier: {
      probe: () => time.after(world.random.between(1, 500)),
      optimize: (signal) => maintain(world, time, 'optimize', signal),
    },
    lastDone: async () => {
      await time.after(1);
      return world.lastDoneS;
    },
    noteDone: async (task, atS) => {
      await time.after(1);
      world.lastDoneS = { ...world.lastDoneS, [task]: atS };
      world.maintenances += 1;
    },
  };
}
