import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFailed, onTestFinished } from 'vitest';
import type { LeadershipReport } from '../../src/actors/leadership/child.ts';
import { startProgram, writeConfig, type Program } from './daemon.ts';
import { freePort } from './free-port.ts';
import { ask, type Answer } from './http.ts';
import { writeDbConfig } from './mariadb-galaxy.ts';
import type { MariadbServer } from './mariadb-server.ts';
import type { Relay } from './relay.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { tempDir } from './temp-dir.ts';
import { until } from './until.ts';

/** What can be cut between a daemon and others. */
interface Networks {
  readonly database: TcpProxy;
  /** By which the other daemons reach it. */
  readonly peers: TcpProxy;
  /** Null: there is none. */
  readonly broker: TcpProxy | null;
}

/** One of several daemons on a database; it reaches the servers, and others reach it, through networks of its own. */
export interface Member {
  readonly name: string;
  /** Where it answers this test. */
  readonly url: string;
  /** As others know it. */
  readonly clusterUrl: string;
  readonly cwd: string;
  readonly networks: Networks;
  readonly program: Program;
  /** Starts it, again where it was killed. */
  start(): void;
  get(path: string): Promise<Answer>;
  leadership(): Promise<LeadershipReport>;
  /** Resolves when it can be asked. */
  answers(): Promise<void>;
}

export interface ClusterOptions {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly count?: number;
  /** Port of the broker; default: there is none. */
  readonly brokerPort?: number | undefined;
}

/** Daemons on one database, which end with the test. Not one of them is asked for yet. */
export async function startCluster(
  server: MariadbServer,
  database: string,
  relay: Relay,
  { config = {}, count = 3, brokerPort }: ClusterOptions = {},
): Promise<readonly Member[]> {
  const members = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      memberOf(`daemon${i + 1}`, server, database, relay, { config, brokerPort }),
    ),
  );
  for (const member of members) member.start();
  return members;
}

async function memberOf(
  name: string,
  server: MariadbServer,
  database: string,
  relay: Relay,
  { config, brokerPort }: Pick<ClusterOptions, 'config' | 'brokerPort'>,
): Promise<Member> {
  const cwd = tempDir();
  const port = await freePort();
  const networks: Networks = {
    database: await startTcpProxy(server.socketPath),
    peers: await startTcpProxy(port),
    broker: brokerPort === undefined ? null : await startTcpProxy(brokerPort),
  };
  const url = `http://127.0.0.1:${port}`;
  const clusterUrl = `http://127.0.0.1:${networks.peers.port}`;
  writeConfig(cwd, {
    ...{ eddn_url: relay.url, http_listen: `127.0.0.1:${port}`, cluster_url: clusterUrl },
    ...{ listener_processor_rate_every: 1, listener_db_backoff_min: 0.1, listener_db_backoff_cap: 0.5 },
    ...(networks.broker && { broker_url: `redis://127.0.0.1:${networks.broker.port}` }),
    ...config,
  });
  const dbConfig = writeDbConfig(cwd, server, database);
  const viaNetwork = `host = 127.0.0.1\nport = ${networks.database.port}`;
  writeFileSync(dbConfig, readFileSync(dbConfig, 'utf8').replace(/^socket = .*$/m, viaNetwork));
  let program: Program | undefined;
  onTestFailed(() => {
    const told = (program?.log ?? []).filter((line) => !('pending' in line)).slice(-30);
    const lines = told.map(({ time, msg }) => `${String(time)} ${msg}`);
    console.error([`${name}, ${url}, ${clusterUrl}:`, ...lines].join('\n  '));
  });
  onTestFinished(async () => {
    program?.kill('SIGKILL');
    await program?.exit;
    for (const network of Object.values(networks)) (network as TcpProxy | null)?.close();
  });
  const member: Member = {
    ...{ name, url, clusterUrl, cwd, networks },
    get program() {
      if (program === undefined) throw new Error(`${name} was not started`);
      return program;
    },
    start() {
      program = startProgram({ cwd, env: { TD_DB_CONFIG: join(cwd, 'db_config.ini') } });
    },
    get: (path) => ask(url + path),
    async leadership() {
      const { bytes } = await ask(`${url}/status`);
      return (JSON.parse(bytes.toString()) as { leadership: LeadershipReport }).leadership;
    },
    async answers() {
      await until(async () => (await ask(`${url}/health`).catch(() => null))?.status === 200);
    },
  };
  return member;
}

/** Who leads, as all of these say; undefined: they do not agree, or nobody does. */
export async function leaderAmong(members: readonly Member[]): Promise<Member | undefined> {
  const told = await Promise.all(members.map((member) => member.leadership().catch(() => null)));
  const leading = members.filter((_, i) => told[i]?.leads === true);
  const [leader] = leading;
  if (leader === undefined || leading.length > 1) return undefined;
  return told.every((each) => each?.leader?.url === leader.clusterUrl) ? leader : undefined;
}

/** Waits until all of these agree that one of them leads. */
export function aLeaderAmong(members: readonly Member[]): Promise<Member> {
  return until(() => leaderAmong(members), 50);
}
