import { describe, expect, test } from 'vitest';
import { createFence } from '../../src/infra/store/mariadb/leadership/fence.ts';
import { raiseEpoch } from '../../src/infra/store/mariadb/leadership/raise-epoch.ts';

describe('a fence', () => {
  /** A connection to a server where this epoch is in force, and what it was asked. */
  function world() {
    const state = { epoch: 3 as number | null, inForce: 3 };
    const lease = {
      get epoch() {
        return state.epoch;
      },
    };
    const asked: string[] = [];
    const linkFrom = (host: string) => ({
      guard: null as (() => Promise<void>) | null,
      rows: (sql: string) => {
        asked.push(sql);
        if (sql.includes('HOST')) return Promise.resolve([[host]]);
        return Promise.resolve(sql.includes(`epoch = ${state.inForce} LOCK IN SHARE MODE`) ? [[1]] : []);
      },
      run: (sql: string) => Promise.resolve(asked.push(sql)),
    });
    return { state, asked, linkFrom, fenced: createFence(lease) };
  }

  const refused = {
    code: 'leadership',
    message: 'this daemon does not lead any more: what it wrote as a leader is refused',
  };

  test('tells of each session once with what it leads, so that a new leader can end it', async () => {
    const { state, asked, linkFrom, fenced } = world();
    const [link, other] = [linkFrom('a:1'), linkFrom('b:2')];
    const told = () => asked.splice(0).flatMap((sql) => /\(CONNECTION_ID\(\), .*\)$/m.exec(sql)?.[0] ?? []);
    expect(await fenced(link, () => Promise.resolve('done'))).toBe('done');
    expect(told()).toEqual([`(CONNECTION_ID(), 'a:1', 3)`]);
    await fenced(link, () => Promise.resolve());
    expect(told()).toEqual([]);
    await fenced(other, () => Promise.resolve());
    expect(told()).toEqual([`(CONNECTION_ID(), 'b:2', 3)`]);
    state.epoch = state.inForce = 4;
    await fenced(link, () => Promise.resolve());
    expect(told()).toEqual([`(CONNECTION_ID(), 'a:1', 4)`]);
  });

  test('holds the epoch in every transaction, and only while it runs', async () => {
    const { state, linkFrom, fenced } = world();
    const link = linkFrom('a:1');
    await fenced(link, async () => {
      await link.guard!();
      // Somebody else leads now, which this one does not know yet.
      state.inForce = 4;
      await expect(link.guard!()).rejects.toMatchObject(refused);
      state.inForce = 3;
      state.epoch = null;
      await expect(link.guard!()).rejects.toMatchObject(refused);
      state.epoch = 3;
    });
    expect(link.guard).toBeNull();
    await expect(fenced(link, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(link.guard).toBeNull();
  });

  test('lets nobody begin who does not lead, and asks the server nothing then', async () => {
    const { state, asked, linkFrom, fenced } = world();
    state.epoch = null;
    await expect(fenced(linkFrom('a:1'), () => expect.unreachable())).rejects.toMatchObject(refused);
    expect(asked).toEqual([]);
  });
});

describe('raising the epoch', () => {
  const LOCK_WAIT: Error = Object.assign(new Error('held'), {
    errno: 1205,
    sqlState: 'HY000',
    code: 'ER_LOCK',
  });

  /** A server where these sessions of former leaders are left, and so many tries wait for their locks in vain. */
  async function raise({ sessions = [7, 8], heldFor = 0, error = LOCK_WAIT, killed = true } = {}) {
    const ran: string[] = [];
    let left = heldFor;
    const thrown = await raiseEpoch(
      {
        rows: (sql) => Promise.resolve(sql.endsWith('WHERE s.epoch < 5') ? sessions.map((id) => [id]) : []),
        run: (sql) => {
          ran.push(sql);
          if (sql.startsWith('KILL') && !killed) return Promise.reject(new Error('no such thread'));
          return sql.startsWith('UPDATE') && left-- > 0 ? Promise.reject(error) : Promise.resolve(1);
        },
      },
      5,
      'MariaDB at db:3306/td',
    ).then(
      () => null,
      (reason: unknown) => reason,
    );
    return { ran, thrown };
  }

  const KILLS = ['KILL 7', 'KILL 8'];
  const RAISE = 'UPDATE tdl_epoch SET epoch = 5 WHERE epoch < 5';
  const FORGET = 'DELETE FROM tdl_session WHERE epoch < 5';

  test.each([true, false])(
    'ends what former leaders have begun, and forgets it; they can be ended: %s',
    async (killed) => {
      expect(await raise({ killed })).toEqual({ thrown: null, ran: [...KILLS, RAISE, FORGET] });
    },
  );

  test('waits for a transaction that is being ended, looking again who is there', async () => {
    expect(await raise({ heldFor: 2 })).toEqual({
      thrown: null,
      ran: [...KILLS, RAISE, ...KILLS, RAISE, ...KILLS, RAISE, FORGET],
    });
  });

  test('says what to do about one that cannot be ended', async () => {
    const { thrown, ran } = await raise({ sessions: [], heldFor: Infinity });
    expect(thrown).toMatchObject({
      code: 'busy',
      message: 'MariaDB at db:3306/td: a transaction of the daemon that led before cannot be ended',
      advice: expect.stringContaining('grant it CONNECTION ADMIN') as string,
      cause: LOCK_WAIT,
    });
    expect(ran).toEqual([RAISE, RAISE, RAISE]);
  });

  test('is not tried again where the server is away', async () => {
    const away = Object.assign(new Error('away'), { code: 'ECONNRESET' });
    const { thrown, ran } = await raise({ sessions: [], heldFor: 1, error: away });
    expect(thrown).toBe(away);
    expect(ran).toEqual([RAISE]);
  });
});
