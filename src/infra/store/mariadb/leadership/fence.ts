import { AppError } from '../../../../domain/errors.ts';
import type { Link } from '../connection.ts';
import { SESSIONS, text } from '../sql.ts';

/** With what this daemon leads. */
export interface Epoch {
  /** Null: it does not. */
  readonly epoch: number | null;
}

/** Runs what only a leader may write. */
export type Fenced = <T>(link: FencedLink, run: () => Promise<T>) => Promise<T>;
type FencedLink = Pick<Link, 'rows' | 'run' | 'guard'>;

/** For who is alone. */
export const UNFENCED: Fenced = (_, run) => run();

/**
 * Every transaction begins with a look at the epoch, and holds its row until the end: it is raised when all of an older
 * one have ended, and none begins after that. The session is told before, so that a new leader can end it.
 */
export function createFence(lease: Epoch): Fenced {
  /** By link, with which epoch its session was told. */
  const told = new WeakMap<FencedLink, number>();

  async function tell(link: FencedLink): Promise<void> {
    const { epoch } = lease;
    if (epoch === null) throw notLeading();
    if (told.get(link) === epoch) return;
    const [[host] = []] = await link.rows(`SELECT HOST FROM ${SESSIONS} WHERE ID = CONNECTION_ID()`);
    await link.run(
      `REPLACE INTO tdl_session (session_id, session_host, epoch)
       VALUES (CONNECTION_ID(), ${text(String(host))}, ${epoch})`,
    );
    told.set(link, epoch);
  }

  return async (link, run) => {
    await tell(link);
    link.guard = async () => {
      const { epoch } = lease;
      if (epoch === null) throw notLeading();
      const found = await link.rows(`SELECT 1 FROM tdl_epoch WHERE epoch = ${epoch} LOCK IN SHARE MODE`);
      if (found.length === 0) throw notLeading();
    };
    try {
      return await run();
    } finally {
      link.guard = null;
    }
  };
}

function notLeading(): AppError {
  return new AppError(
    'leadership',
    'this daemon does not lead any more: what it wrote as a leader is refused',
  );
}
