import { onTestFinished } from 'vitest';
import { writeConfig, type LogLine, type Program, type Start } from './daemon.ts';
import { startHere } from './here.ts';
import { writeDbConfig } from './mariadb-galaxy.ts';
import type { MariadbServer } from './mariadb-server.ts';
import { startRelay, type Relay } from './relay.ts';
import { tempDir } from './temp-dir.ts';
import { until } from './until.ts';

/** The real program on a MariaDB server, and the relay it listens to. */
export interface MariadbDaemon {
  readonly program: Program;
  readonly relay: Relay;
  readonly cwd: string;
  /** Until so many messages have been heard and every one is settled. @returns the rate line that says so */
  quiet(received: number): Promise<LogLine>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

export async function startMariadbDaemon(
  server: MariadbServer,
  database: string,
  {
    password,
    config = {},
    env = {},
    start = startHere,
  }: {
    password?: string;
    config?: Record<string, unknown>;
    env?: Record<string, string>;
    /** Default: in this process. */
    start?: Start;
  } = {},
): Promise<MariadbDaemon> {
  const cwd = tempDir();
  const relay = await startRelay();
  writeConfig(cwd, {
    eddn_url: relay.url,
    listener_processor_rate_every: 1,
    // A test has no minute to wait for a server that is back.
    listener_db_backoff_min: 0.1,
    listener_db_backoff_cap: 0.5,
    ...config,
  });
  const program = start({
    cwd,
    env: { TD_DB_CONFIG: writeDbConfig(cwd, server, database, password), ...env },
  });
  let hasEnded = false;
  void program.exit.finally(() => (hasEnded = true));
  onTestFinished(async () => {
    await program.end();
    relay.close();
  });
  await relay.waitForSubscribers();
  return {
    program,
    relay,
    cwd,
    quiet: (received) =>
      until(async () => {
        const rate = program.log.findLast((line) => 'pending' in line && 'deferrals' in line);
        const left = ['pending', 'deferred', 'spooled', 'parked'].filter((gauge) => rate?.[gauge] !== 0);
        if (hasEnded) throw new Error(`the program ended: ${(await program.exit).stdout}`);
        return rate?.received === received && left.length === 0 && rate;
      }),
    async stop() {
      program.kill('SIGTERM');
      await program.exit;
    },
  };
}
