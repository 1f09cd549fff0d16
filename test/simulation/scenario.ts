import { DEFAULT_SETTINGS, type SystemSettings } from '../../src/actors/settings.ts';
import { COMMODITY_SCHEMA_REF } from '../../src/domain/eddn/staging-rules.ts';
import { SeededRandom } from '../support/random.ts';

/** Everything that can go wrong for a while. */
export const FAULTS = [
  'relay silent',
  'relay refuses',
  'relay fails',
  'decoder slow',
  'decoder crashes',
  'database down',
  'database busy',
  'database read-only',
  'database full',
  'database slow',
  'answers lost',
  'stations contended',
  'stations failing',
  'spool full',
  'spool slow',
  'export disk full',
  'source unreachable',
  'spansh unreachable',
  'spansh breaks off',
  'dump damaged',
  'outside hours',
  'log throws',
  'clock wrong',
  'maintenance fails',
] as const;
export type Fault = (typeof FAULTS)[number];

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** When things are in motion. */
const MOMENTS = ['any time', 'burst', 'commit', 'spooled', 'import', 'dump step'] as const;
export type Moment = (typeof MOMENTS)[number];

/** What happens to the process itself, and when: at the first such moment from then on, or a little later. */
interface Restart {
  readonly fromMs: number;
  readonly moment: Moment;
  readonly delayMs: number;
  readonly kind: 'kill' | 'stop';
  /** Until it is started again. */
  readonly pauseMs: number;
}

export interface Scenario {
  readonly seed: number;
  readonly startMs: number;
  /** Until here things go wrong; then all is well. */
  readonly troubledUntilMs: number;
  readonly messagesUntilMs: number;
  readonly endMs: number;
  readonly markets: number;
  readonly messageEveryMs: number;
  /** When each system becomes known; Infinity: never. */
  readonly systemsKnownAtMs: readonly number[];
  /** Whether the feed tells of systems, too. */
  readonly learns: boolean;
  readonly windows: ReadonlyMap<Fault, readonly Window[]>;
  readonly restarts: readonly Restart[];
  readonly newDumpsAtMs: readonly number[];
  /** Somebody deletes a public file. */
  readonly filesDeletedAtMs: readonly number[];
  /** 0: never. */
  readonly purgeEveryMs: number;
  readonly parkedMax: number;
  /** Of the process while its clock is wrong. */
  readonly clockErrorMs: number;
  readonly settings: SystemSettings;
  readonly random: SeededRandom;
}

const MINUTE_MS = 60_000;

/** All is well for this long at the end: longer than every backoff and interval, twice. */
const CALM_MS = 9 * MINUTE_MS;
/** Of that, without messages: one more export. */
const SILENT_MS = 3 * MINUTE_MS;

/** About so many, however long it takes. */
const MESSAGES_MAX = 1_000;

/** What one seed stands for. @param troubledMs absent: some minutes, by the seed */
export function scenario(seed: number, troubledMs?: number): Scenario {
  const random = new SeededRandom(seed);
  const startMs = Date.UTC(2026, 0, 1);
  const lengthMs = troubledMs ?? random.pick([2, 5, 10, 20]) * MINUTE_MS;
  const troubledUntilMs = startMs + lengthMs;
  const endMs = troubledUntilMs + CALM_MS;
  const some = (count: number) => Array.from({ length: count }, () => startMs + random.next() * lengthMs);

  const windows = new Map<Fault, Window[]>();
  for (const fault of FAULTS) {
    const count = random.chance(0.45) ? random.integer(1, 3) : 0;
    const averageMs = random.pick([2_000, 20_000, lengthMs / 6]);
    windows.set(
      fault,
      some(count).map((fromMs) => ({
        fromMs: random.chance(0.1) ? startMs : fromMs,
        toMs: Math.min(fromMs + random.wait(averageMs), troubledUntilMs),
      })),
    );
  }

  return {
    seed,
    startMs,
    troubledUntilMs,
    messagesUntilMs: endMs - SILENT_MS,
    endMs,
    markets: random.pick([2, 8, 60]),
    messageEveryMs: Math.max(random.pick([500, 3_000, 10_000]), lengthMs / MESSAGES_MAX),
    systemsKnownAtMs: [
      startMs,
      startMs,
      ...some(2),
      random.chance(0.3) ? Infinity : startMs,
      random.chance(0.3) ? Infinity : startMs,
    ],
    windows,
    restarts: some(random.integer(0, 5))
      .sort((a, b) => a - b)
      .map((fromMs) => ({
        fromMs,
        moment: random.pick(MOMENTS),
        delayMs: random.pick([0, random.between(0, 20), random.between(0, 3_000)]),
        kind: random.pick(['kill', 'kill', 'stop'] as const),
        pauseMs: random.pick([10, 1_000, MINUTE_MS]),
      })),
    newDumpsAtMs: some(random.integer(0, 3)),
    purgeEveryMs: random.pick([0, MINUTE_MS, 3 * MINUTE_MS]),
    parkedMax: random.pick([4, 100_000]),
    clockErrorMs: random.pick([-60 * MINUTE_MS, -5_000, 2_000, 60 * MINUTE_MS]),
    settings: settings(random.fork()),
    random: random.fork(),
    filesDeletedAtMs: some(random.integer(0, 2)),
    learns: random.chance(0.7),
  };
}

function settings(random: SeededRandom): SystemSettings {
  return {
    ...DEFAULT_SETTINGS,
    rules: { schemaRef: COMMODITY_SCHEMA_REF, learn: [], whitelist: [], maxClockSkewS: 300, debug: false },
    stations: {
      backoff: { minMs: 250, capMs: 30_000 },
      maxFailures: random.pick([2, 10]),
      maxLive: random.pick([4, 20, 4_096]),
      batch: { rows: random.pick([20, 12_000]), markets: random.pick([1, 5, 120]) },
      gather: null,
    },
    exporter: { ...DEFAULT_SETTINGS.exporter, intervalMs: random.pick([30_000, 2 * MINUTE_MS]) },
    catalogue: {
      refreshMs: 20 * MINUTE_MS,
      recheckMs: 2 * MINUTE_MS,
      backoff: { minMs: 5_000, capMs: 2 * MINUTE_MS },
    },
    spanshUpdater: {
      startMs: 1_000,
      intervalMs: random.pick([MINUTE_MS, 3 * MINUTE_MS]),
      lookMs: MINUTE_MS / 3,
      enabled: true,
      quickTestMs: null,
      backoff: { minMs: 1_000, capMs: MINUTE_MS },
    },
    maintenanceWindow: {
      quiesceMs: random.pick([1_000, MINUTE_MS]),
      deferMs: 5_000,
      backoff: { minMs: 1_000, capMs: MINUTE_MS },
    },
    deferEveryN: random.pick([0, 0, 0, 7]),
    drainMs: random.pick([500, 16_000]),
  };
}
