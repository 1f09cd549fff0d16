import type { StagingRules } from '../domain/eddn/staging-rules.ts';
import type { Backoff } from '../machines/backoff.ts';
import type { GatherLimits } from './station-coalescer/gathering.ts';
import type { StationPoolOptions } from './station-coalescer/pool-options.ts';

/** The numbers the system runs by. */
export interface SystemSettings {
  readonly rules: StagingRules;
  readonly listener: { readonly silenceMs: number; readonly connectMs: number; readonly backoff: Backoff };
  readonly stations: Pick<StationPoolOptions, 'backoff' | 'maxFailures' | 'maxLive' | 'batch'> & {
    /** What may be gathered of a file; null: it is not. */
    readonly gather: GatherLimits | null;
  };
  readonly writer: { readonly gatherMs: number; readonly backoff: Backoff };
  readonly exporter: { readonly intervalMs: number; readonly firstMs: number; readonly backoff: Backoff };
  readonly deltaPublisher: { readonly startMs: number; readonly backoff: Backoff };
  readonly catalogue: {
    readonly refreshMs: number;
    readonly recheckMs: number;
    readonly backoff: Backoff;
  };
  readonly spanshUpdater: {
    readonly startMs: number;
    readonly intervalMs: number;
    readonly lookMs: number;
    readonly enabled: boolean;
    readonly quickTestMs: number | null;
    readonly backoff: Backoff;
  };
  readonly maintenanceWindow: {
    readonly quiesceMs: number;
    readonly deferMs: number;
    readonly backoff: Backoff;
  };
  readonly historian: { readonly startMs: number; readonly lookMs: number; readonly backoff: Backoff };
  readonly leadership: {
    readonly lookMs: number;
    readonly renewMs: number;
    readonly restMs: number;
    readonly backoff: Backoff;
  };
  readonly outbox: {
    readonly startMs: number;
    readonly gatherMs: number;
    readonly lookMs: number;
    readonly backoff: Backoff;
  };
  readonly mirror: { readonly lookMs: number; readonly backoff: Backoff };
  readonly restart: { readonly maxRestarts: number; readonly steadyMs: number; readonly backoff: Backoff };
  /** Every Nth station update is put off artificially; 0 = never. */
  readonly deferEveryN: number;
  /** Between two progress lines of a download or an import. */
  readonly progressEveryMs: number;
  /** Between two rate lines. */
  readonly rateEveryMs: number;
  readonly drainMs: number;
}

const MINUTE_MS = 60_000;

/** Defaults; what the configuration file can change is laid over them by main. */
export const DEFAULT_SETTINGS: Omit<SystemSettings, 'rules'> = {
  // Silence: EDDN brings about ten messages a second.
  listener: { silenceMs: 30_000, connectMs: 10_000, backoff: { minMs: 1_000, capMs: 60_000 } },
  stations: {
    backoff: { minMs: 250, capMs: 30_000 },
    maxFailures: 10,
    maxLive: 4_096,
    batch: { rows: 24_000, markets: 240 },
    gather: null,
  },
  writer: { gatherMs: 200, backoff: { minMs: 1_000, capMs: 60_000 } },
  exporter: { intervalMs: 5 * MINUTE_MS, firstMs: 2_000, backoff: { minMs: 1_000, capMs: 60_000 } },
  deltaPublisher: { startMs: 1_000, backoff: { minMs: 1_000, capMs: 5 * MINUTE_MS } },
  catalogue: {
    refreshMs: 24 * 60 * MINUTE_MS,
    recheckMs: 10 * MINUTE_MS,
    backoff: { minMs: 5_000, capMs: 60 * MINUTE_MS },
  },
  spanshUpdater: {
    startMs: 1_000,
    intervalMs: 24 * 60 * MINUTE_MS,
    lookMs: MINUTE_MS,
    enabled: true,
    quickTestMs: null,
    backoff: { minMs: MINUTE_MS, capMs: 60 * MINUTE_MS },
  },
  maintenanceWindow: {
    quiesceMs: MINUTE_MS,
    deferMs: MINUTE_MS,
    backoff: { minMs: 5 * MINUTE_MS, capMs: 60 * MINUTE_MS },
  },
  historian: { startMs: 1_000, lookMs: 1_000, backoff: { minMs: 1_000, capMs: MINUTE_MS } },
  leadership: { lookMs: 1_000, renewMs: 2_000, restMs: 15_000, backoff: { minMs: 500, capMs: 5_000 } },
  outbox: { startMs: 500, gatherMs: 50, lookMs: 1_000, backoff: { minMs: 500, capMs: 30_000 } },
  mirror: { lookMs: 2_000, backoff: { minMs: 1_000, capMs: 30_000 } },
  restart: { maxRestarts: 5, steadyMs: MINUTE_MS, backoff: { minMs: 500, capMs: 30_000 } },
  deferEveryN: 0,
  progressEveryMs: MINUTE_MS / 2,
  rateEveryMs: MINUTE_MS,
  drainMs: 20_000,
};
