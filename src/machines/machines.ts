import type { AnyStateMachine } from 'xstate';
import { catalogueMachine } from './galaxy/catalogue.machine.ts';
import { deltaPublisherMachine } from './publishing/delta-publisher.machine.ts';
import { exporterMachine } from './publishing/exporter.machine.ts';
import { guardianMachine } from './supervision/guardian.machine.ts';
import { journalWatcherMachine } from './commanders/journal-watcher.machine.ts';
import { historianMachine } from './publishing/historian.machine.ts';
import { jobMachine } from './upkeep/job.machine.ts';
import { leadershipMachine } from './supervision/leadership.machine.ts';
import { listenerMachine } from './market/listener.machine.ts';
import { maintenanceWindowMachine } from './upkeep/maintenance-window.machine.ts';
import { outboxMachine } from './publishing/outbox.machine.ts';
import { mirrorMachine } from './publishing/mirror.machine.ts';
import { patrolMachine } from './commanders/patrol.machine.ts';
import { scoutTourMachine } from './commanders/scout-tour.machine.ts';
import { spanshUpdaterMachine } from './galaxy/spansh-updater.machine.ts';
import { stationCoalescerMachine } from './market/station-coalescer.machine.ts';
import { subscriptionMachine } from './publishing/subscription.machine.ts';
import { supervisorMachine } from './supervision/supervisor.machine.ts';
import { writerMachine } from './market/writer.machine.ts';

/** Every machine of the system, for diagrams and for tests that must not forget one. */
export const MACHINES: readonly AnyStateMachine[] = [
  supervisorMachine,
  guardianMachine,
  leadershipMachine,
  listenerMachine,
  stationCoalescerMachine,
  writerMachine,
  exporterMachine,
  deltaPublisherMachine,
  mirrorMachine,
  catalogueMachine,
  historianMachine,
  outboxMachine,
  maintenanceWindowMachine,
  spanshUpdaterMachine,
  scoutTourMachine,
  patrolMachine,
  subscriptionMachine,
  journalWatcherMachine,
  jobMachine,
];
