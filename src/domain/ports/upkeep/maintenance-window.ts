import type { ActiveHours } from '../../active-hours.ts';
import type { Tidier } from './tidier.ts';

export type MaintenanceTask = 'purge' | 'optimize';

/** What the configuration says; 0 = never. */
export interface MaintenanceSettings {
  readonly purgeEveryMs: number;
  readonly retentionDays: number;
  readonly optimizeEveryMs: number;
  readonly hours: ActiveHours;
}

/** What the maintenance works with beside the store. */
export interface MaintenanceWindowPorts {
  /** Those in force. */
  readonly settings: () => MaintenanceSettings;
  readonly tidier: Tidier;
  /** When each task was last done, epoch seconds, 0 = never; other programs may have done it, too. */
  readonly lastDone: () => Promise<Readonly<Record<MaintenanceTask, number>>>;
  /** Keeps that a task was done. */
  readonly noteDone: (task: MaintenanceTask, atS: number) => Promise<void>;
}
