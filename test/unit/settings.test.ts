import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/actors/settings.ts';
import { settingsFrom } from '../../src/app/settings.ts';
import { config } from '../support/config.ts';

const settings = async (written: Record<string, unknown>, env: Record<string, string> = {}) =>
  settingsFrom(await config(written, env), true);

describe('a key of the configuration is in force where it belongs', () => {
  test.each([
    [{ export_live_every_x_min: 7 }, { exporter: { intervalMs: 420_000 } }],
    [{ check_update_every_x_hour: 3 }, { spanshUpdater: { intervalMs: 10_800_000 } }],
    [{ spansh_log_interval: 11 }, { progressEveryMs: 11_000 }],
    [{ listener_processor_rate_every: 13 }, { rateEveryMs: 13_000 }],
    // A fifth is for what comes after the drain.
    [{ shutdown_timeout_s: 100 }, { drainMs: 80_000 }],
    // The first attempt is no retry.
    [{ listener_db_max_retries: 4 }, { stations: { maxFailures: 5 } }],
    [
      { listener_station_lock_backoff_min: 2, listener_station_lock_backoff_cap: 9 },
      { stations: { backoff: { minMs: 2_000, capMs: 9_000 } } },
    ],
    [
      { listener_db_backoff_min: 3, listener_db_backoff_cap: 17 },
      { writer: { backoff: { minMs: 3_000, capMs: 17_000 } } },
    ],
    [
      { listener_db_backoff_min: 3, listener_db_backoff_cap: 17 },
      { exporter: { backoff: { minMs: 3_000, capMs: 17_000 } } },
    ],
    [{ listener_coalesce_drain_cap: 50 }, { stations: { batch: { markets: 50 } } }],
    [{ max_clock_skew_s: 7 }, { rules: { maxClockSkewS: 7 } }],
    [{ whitelist: [{ software: 'mine' }] }, { rules: { whitelist: [{ software: 'mine' }] } }],
    [
      { eddn_schema_ref: 'https://eddn.edcd.io/schemas/commodity/3/test' },
      { rules: { schemaRef: 'https://eddn.edcd.io/schemas/commodity/3/test' } },
    ],
  ])('%j', async (written, expected) => {
    expect(await settings({})).not.toMatchObject(expected);
    expect(await settings(written)).toMatchObject(expected);
  });

  test.each([
    [{ TDL_TEST_FORCE_DEFER_EVERY_N: '3' }, { deferEveryN: 3 }],
    [{ TDL_REFRESH_QUICK_TEST: '1' }, { spanshUpdater: { quickTestMs: expect.any(Number) as number } }],
  ])('%j of the environment', async (env, expected) => {
    expect(await settings({})).not.toMatchObject(expected);
    expect(await settings({}, env)).toMatchObject(expected);
  });
});

test('a cap of what is written at once that is above what a batch may have does not make it larger', async () => {
  const { batch } = DEFAULT_SETTINGS.stations;
  expect((await settings({ listener_coalesce_drain_cap: batch.markets + 1 })).stations.batch).toEqual(batch);
});

test.each([
  [{}, false],
  [{ debug: true }, true],
  [{ log_level: 'debug' }, true],
  [{ log_level: 'info' }, false],
  [{ diagnostics: true }, true],
  [{ listener_diag: true }, true],
])('with %j refused messages are told of: %s', async (written, debug) => {
  expect((await settings(written)).rules.debug).toBe(debug);
});

test.each([true, false])('dumps are asked for: %s', async (update) => {
  expect(settingsFrom(await config({}), update).spanshUpdater.enabled).toBe(update);
});
