import { randomUUID } from 'node:crypto';
import type { Claimed, Leader, Lease, Renewed } from '../../../../domain/ports/upkeep/leadership.ts';
import { addressOf, createPool, type Link, type MariadbConnection, type Pool } from '../connection.ts';
import { toStoreError } from '../errors.ts';
import { openOwnTables } from '../galaxy/own-tables.ts';
import { SESSIONS, text } from '../sql.ts';
import type { Epoch } from './fence.ts';
import { raiseEpoch } from './raise-epoch.ts';

export interface LeaseOptions {
  readonly connection: MariadbConnection;
  /** Which machine and process this is, for people. */
  readonly name: string;
  /** Where the other daemons reach this one over HTTP. */
  readonly url: string;
  readonly leaseMs?: number;
  /** So much earlier than the others its holder takes it for lost. */
  readonly marginMs?: number;
}

const LEASE_MS = 10_000;
const MARGIN_MS = 1_000;
/** A server that does not answer is asked again well before the lease has run out. */
const STATEMENT_TIMEOUT_MS = 3_000;

const NOW_MS = 'CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)';
/** Sessions are told by their numbers, which another server, or the same one when it was restarted, gives anew. */
const SERVER = "CONCAT_WS(':', @@hostname, @@port, @@datadir)";

/**
 * The holder's connection is gone, and with it the holder. Only told of sessions that this account is shown: its own,
 * on this server.
 */
const HOLDER_GONE = `server = ${SERVER} AND account = CURRENT_USER() AND NOT EXISTS (
  SELECT 1 FROM ${SESSIONS} p WHERE p.ID = session_id AND p.HOST = session_host)`;

interface Session {
  readonly link: Link;
  /** From where, as the server sees it. */
  readonly host: string;
}

/**
 * A lease in the database, on its clock. Who takes it ends the sessions with which the one before wrote as a leader, and
 * then raises the epoch, which every transaction of a leader reads and holds (fence.ts).
 */
export function createMariadbLease({
  connection,
  name,
  url,
  leaseMs = LEASE_MS,
  marginMs = MARGIN_MS,
}: LeaseOptions): Lease & Epoch {
  const holder = randomUUID();
  const address = `MariaDB at ${addressOf(connection)}`;
  let pool: Pool | undefined;
  let session: Session | undefined;
  /** What this daemon leads with, and until when by its own clock. */
  let held: { readonly epoch: number; readonly untilMs: number } | null = null;

  async function connect(): Promise<Session> {
    if (session !== undefined && !session.link.lost) return session;
    pool ??= createPool({ ...connection, connectTimeoutMs: STATEMENT_TIMEOUT_MS }, STATEMENT_TIMEOUT_MS);
    const link = await pool.acquire();
    await openOwnTables(link, 'make');
    const [[host] = []] = await link.rows(`SELECT HOST FROM ${SESSIONS} WHERE ID = CONNECTION_ID()`);
    return (session = { link, host: String(host) });
  }

  async function asking<T>(signal: AbortSignal | null, run: (session: Session) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    const drop = () => session?.link.destroy();
    signal?.addEventListener('abort', drop);
    try {
      return await run(await connect());
    } catch (error) {
      throw toStoreError(error, address);
    } finally {
      signal?.removeEventListener('abort', drop);
    }
  }

  const mine = ({ host }: Session) =>
    `until_ms = ${NOW_MS} + ${leaseMs}, session_id = CONNECTION_ID(), session_host = ${text(host)},
     server = ${SERVER}, account = CURRENT_USER()`;

  /** From when it was asked for, for that is when the database began to count, at the earliest. */
  function hold(epoch: number, askedMs: number): number {
    const untilMs = askedMs + leaseMs - marginMs;
    held = { epoch, untilMs };
    return Math.max(0, untilMs - performance.now());
  }

  async function readLease({ link }: Session) {
    const [row = []] = await link.rows(
      `SELECT epoch, holder, name, url, since_s, until_ms > ${NOW_MS} AND NOT (${HOLDER_GONE}) FROM tdl_lease`,
    );
    const [epoch, by, leaderName, leaderUrl, sinceS, isHeld] = row;
    const leader: Leader = {
      ...{ epoch: Number(epoch), name: String(leaderName), url: String(leaderUrl), sinceS: Number(sinceS) },
    };
    return { leader, isMine: by === holder, isHeld: Number(isHeld) === 1 };
  }

  return {
    get epoch() {
      return held !== null && performance.now() < held.untilMs ? held.epoch : null;
    },

    claim: (signal) =>
      asking(signal, async (asked): Promise<Claimed> => {
        held = null;
        const found = await readLease(asked);
        if (found.isHeld && !found.isMine) return { leads: false, leader: found.leader };
        const askedMs = performance.now();
        const epoch = found.leader.epoch + 1;
        const taken = await asked.link.run(
          `UPDATE tdl_lease SET epoch = ${epoch}, holder = ${text(holder)}, name = ${text(name)}, url = ${text(url)},
             since_s = UNIX_TIMESTAMP(), ${mine(asked)} WHERE epoch = ${found.leader.epoch}`,
        );
        if (taken === 0) return { leads: false, leader: null };
        await raiseEpoch(asked.link, epoch, address);
        const { leader } = await readLease(asked);
        return { leads: true, leader, heldMs: hold(epoch, askedMs) };
      }),

    renew: (signal) =>
      asking(signal, async (asked): Promise<Renewed> => {
        if (held === null) return { held: false };
        const { epoch } = held;
        const askedMs = performance.now();
        const renewed = await asked.link.run(
          `UPDATE tdl_lease SET ${mine(asked)} WHERE epoch = ${epoch} AND holder = ${text(holder)}`,
        );
        if (renewed === 0) {
          held = null;
          return { held: false };
        }
        return { held: true, heldMs: hold(epoch, askedMs) };
      }),

    async release() {
      if (held === null) return;
      const { epoch } = held;
      held = null;
      await asking(null, ({ link }) =>
        link.run(`UPDATE tdl_lease SET until_ms = 0 WHERE epoch = ${epoch} AND holder = ${text(holder)}`),
      );
    },

    async close() {
      held = null;
      await pool?.close();
      pool = session = undefined;
    },
  };
}
