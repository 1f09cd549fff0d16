import { DEFAULT_SETTINGS, type SystemSettings } from '../actors/settings.ts';
import type { GatherLimits } from '../actors/station-coalescer/gathering.ts';
import type { Config } from '../config/load.ts';

/** What closing the files after a drain may take, of the whole shutdown time. */
const CLOSING_SHARE = 0.2;

/** A day of the archive, and some: it has 1.8 million rows of 9,300 markets. 64 MB, and 30 MB of what is learned. */
const GATHERED: GatherLimits = { rows: 2_000_000, records: 20_000 };

/**
 * The configuration laid over the system's defaults.
 * @param gathers what is read can be read again, and is written when nothing newer comes
 */
export function settingsFrom(config: Config, update: boolean, gathers = false): SystemSettings {
  const station = { minMs: config.stationBackoffMinMs, capMs: config.stationBackoffCapMs };
  const database = { minMs: config.dbBackoffMinMs, capMs: config.dbBackoffCapMs };
  const { stations, writer, exporter, spanshUpdater } = DEFAULT_SETTINGS;
  return {
    ...DEFAULT_SETTINGS,
    // Diagnostics tell of refused messages, too.
    rules: {
      ...config.rules,
      debug: config.debug || config.logLevel === 'debug' || config.diagnostics.enabled,
    },
    stations: {
      ...stations,
      backoff: station,
      maxFailures: config.dbMaxRetries + 1,
      batch: { ...stations.batch, markets: Math.min(stations.batch.markets, config.coalesceDrainCap) },
      // History wants to see what was between.
      gather: gathers && config.historyDays === 0 ? GATHERED : null,
    },
    writer: { ...writer, backoff: database },
    exporter: { ...exporter, backoff: database, intervalMs: config.exportLiveEveryMs },
    spanshUpdater: {
      ...spanshUpdater,
      enabled: update,
      intervalMs: config.checkUpdateEveryMs,
      quickTestMs: config.refreshQuickTestDelayMs,
    },
    progressEveryMs: config.spanshLogIntervalMs,
    deferEveryN: config.testForceDeferEveryN,
    rateEveryMs: config.rateEveryMs,
    drainMs: config.shutdownTimeoutMs * (1 - CLOSING_SHARE),
  };
}
