import { whyNotPurge } from '../../domain/market/purge-rule.ts';
import type { Child, Parts } from '../child.ts';
import { MaintenanceReporter } from './reporter.ts';
import { createMaintenance } from './steps.ts';

export function createMaintenanceWindow(
  parts: Parts,
): Child & Pick<ReturnType<typeof createMaintenance>, 'nextDue' | 'ask'> {
  const { feed, maintenanceWindow: ports, store, tell, tellSupervisor, settings } = parts;
  const { machine, ended, nextDue, ask } = createMaintenance({
    ...ports,
    // A file is replayed: nothing else is to be done.
    ...(feed.finite && { settings: () => ({ ...ports.settings(), purgeEveryMs: 0, optimizeEveryMs: 0 }) }),
    purge: (options) => store.purge(options),
    whyNotPurge: (olderThanS, signal) => whyNotPurge(store, olderThanS, signal),
    isUpdating: parts.isUpdating,
    mendTimes: () => store.checkTimes({ repair: true }),
    poke: () => tell('maintenance-window', { type: 'settings.changed' }),
    beginMaintenance: () => tellSupervisor({ type: 'maintenance.begin' }),
    endMaintenance: () => tellSupervisor({ type: 'maintenance.end' }),
    time: parts.time,
    reporter: new MaintenanceReporter(parts.log),
  });
  return {
    machine,
    runs: 'elected',
    input: {
      ...settings().maintenanceWindow,
      random: parts.random,
      // Read when it starts: only then all children are known.
      get users() {
        return parts.quietSayers();
      },
    },
    bringUpToDate: () => tell('maintenance-window', { type: 'settings.changed' }),
    dispose: ended,
    nextDue,
    ask,
  };
}
