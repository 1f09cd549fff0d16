import { StoreError } from '../../../../domain/errors.ts';
import type { Link } from '../connection.ts';
import { rowFault } from '../errors.ts';
import { SESSIONS } from '../sql.ts';

/** How often the sessions of former leaders are looked for; each time a second is waited for their locks. */
const TRIES = 3;

/** Ends what former leaders have begun, and lets none of them begin anything any more. */
export async function raiseEpoch(
  link: Pick<Link, 'rows' | 'run'>,
  epoch: number,
  address: string,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const sessions = await link.rows(
      `SELECT s.session_id FROM tdl_session s JOIN ${SESSIONS} p ON p.ID = s.session_id AND p.HOST = s.session_host
       WHERE s.epoch < ${epoch}`,
    );
    for (const [id] of sessions) {
      // It has ended by itself, or is another account's.
      await link.run(`KILL ${String(id)}`).catch(() => undefined);
    }
    try {
      await link.run(`UPDATE tdl_epoch SET epoch = ${epoch} WHERE epoch < ${epoch}`);
      break;
    } catch (error) {
      if (rowFault(error) === undefined) throw error;
      if (attempt < TRIES) continue;
      throw new StoreError(
        'busy',
        `${address}: a transaction of the daemon that led before cannot be ended`,
        {
          advice:
            'have all daemons log in with the same account, or grant it CONNECTION ADMIN; it is tried again',
          cause: error,
        },
      );
    }
  }
  await link.run(`DELETE FROM tdl_session WHERE epoch < ${epoch}`);
}
