import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  startProgram,
  writeConfig,
  type LogLine,
  type Program,
  type ProgramProcess,
  type Start,
} from './daemon.ts';
import { makeGalaxy, marketRows } from './galaxy.ts';
import { startRelay, type Relay } from './relay.ts';
import { tempDir } from './temp-dir.ts';
import { until } from './until.ts';

/** The real program on a relay of its own and a database that knows the system Sol. */
export interface LiveDaemon<P extends Program = ProgramProcess> {
  readonly program: P;
  readonly relay: Relay;
  readonly cwd: string;
  readonly database: string;
  /** Market ids that have rows, ascending. */
  readonly markets: () => number[];
  /** Resolves when exactly these markets have rows. */
  readonly written: (...marketIds: number[]) => Promise<void>;
  /** Resolves with the first rate line (one a second) that is as wished. */
  readonly rate: (isWished: (rate: LogLine) => boolean) => Promise<LogLine>;
}

export interface LiveDaemonOptions {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Replaces the relay. */
  readonly url?: string;
  readonly cwd?: string;
  /** Do not wait until the daemon has subscribed. */
  readonly early?: boolean;
  /** Made if it is not there. */
  readonly database?: string;
  /** Of the command line. */
  readonly args?: readonly string[];
}

export function startLiveDaemon(options?: LiveDaemonOptions): Promise<LiveDaemon> {
  return startLiveDaemonBy(startProgram, options);
}

export async function startLiveDaemonBy<P extends Program>(
  start: Start<P>,
  options: LiveDaemonOptions = {},
): Promise<LiveDaemon<P>> {
  const { cwd = tempDir(), env = {}, config = {}, early = false } = options;
  const database = options.database ?? join(cwd, 'data/TradeDangerous.db');
  const relay = await startRelay();
  if (!existsSync(database)) await makeGalaxy(database, ['Sol']);
  writeConfig(cwd, { eddn_url: options.url ?? relay.url, listener_processor_rate_every: 1, ...config });
  const program = start({ cwd, env, ...(options.args && { args: options.args }) });
  onTestFinished(async () => {
    await program.end();
    relay.close();
  });
  if (!early) await relay.waitForSubscribers();
  const markets = () => [...new Set(marketRows(database).map((row) => row.station_id))];
  return {
    program,
    relay,
    cwd,
    database,
    markets,
    async written(...marketIds) {
      await until(() => markets().join() === marketIds.join());
    },
    rate: (isWished) =>
      until(() => {
        const rate = program.log.findLast((line) => 'pending' in line);
        return rate !== undefined && isWished(rate) && rate;
      }),
  };
}
