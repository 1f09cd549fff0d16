/** How much of this process its clients may hold at once. */
export interface ClientLimits {
  /** Those that listen besides. */
  readonly connections: number;
  /** Answers under way, those that tell how the daemon is besides. */
  readonly answers: number;
  /** Clients that wait to be told what changes. */
  readonly listeners: number;
  /** Of those, published files. */
  readonly files: number;
  /** A client that takes next to nothing for so long gets no more. */
  readonly stalledMs: number;
}

/** Descriptors for the daemon's own work: database, spool, feed, files it writes, threads. It takes some 60 of them. */
const OWN_DESCRIPTORS = 256;
const STALLED_MS = 60_000;

/** Who listens costs some 40 KiB. */
const MOST_SERVED = 50_000;
/** Beside a daemon. */
const MOST_LISTENERS = 2_000;

/**
 * @param descriptors how many the process may have open, all in all
 * @param mostListeners whatever the descriptors allow
 */
export function clientLimits(descriptors = mostDescriptors(), mostListeners = MOST_LISTENERS): ClientLimits {
  const left = descriptors - OWN_DESCRIPTORS;
  const files = between(8, Math.floor(left / 12), 64);
  const listeners = between(8, Math.floor(left / 4), mostListeners);
  // A file that is sent has a connection, itself and, while it is looked for, its compressed twin.
  const connections = between(4 * files, left - 2 * files - listeners, 1_024);
  return { connections, answers: 2 * files, listeners, files, stalledMs: STALLED_MS };
}

/** Of a process that does nothing but serve. */
export function servingLimits(): ClientLimits {
  return clientLimits(mostDescriptors(), MOST_SERVED);
}

/** For the pages of one operator. */
export const INSPECTOR_LIMITS: ClientLimits = {
  connections: 64,
  answers: 64,
  listeners: 0,
  files: 0,
  stalledMs: STALLED_MS,
};

let descriptors: number | undefined;

/** Asked once: the report that has it takes 6 ms. */
function mostDescriptors(): number {
  descriptors ??= readDescriptors();
  return descriptors;
}

function readDescriptors(): number {
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  const { excludeNetwork } = report;
  // Names of hosts would be looked up.
  report.excludeNetwork = true;
  const { userLimits } = report.getReport() as {
    userLimits?: { open_files?: { soft: number | 'unlimited' } };
  };
  report.excludeNetwork = excludeNetwork;
  const most = userLimits?.open_files?.soft;
  return typeof most === 'number' ? most : Infinity;
}

function between(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
