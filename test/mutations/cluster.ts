import type { Mutation } from './mutation.ts';

const LEASE = 'test/contract/mariadb-lease.test.ts';
const MIRROR = 'test/integration/mirror.test.ts';
const SIMULATION = 'test/simulation/cluster.test.ts';

/** Of several daemons on one database. */
export const CLUSTER_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'a leader of the past writes nothing',
    fault: 'the epoch is read, and not compared',
    file: 'src/infra/store/mariadb/leadership/fence.ts',
    from: 'if (found.length === 0) throw notLeading();',
    to: 'if (found.length > 1) throw notLeading();',
    tests: [LEASE],
  },
  {
    guarantee: 'no transaction of a leader begins without the fence',
    fault: 'it is forgotten',
    file: 'src/infra/store/mariadb/connection.ts',
    from: 'await this.guard?.();',
    to: '',
    tests: [LEASE],
  },
  {
    guarantee: 'what a former leader has begun keeps nobody waiting',
    fault: 'its sessions are not ended',
    file: 'src/infra/store/mariadb/leadership/raise-epoch.ts',
    from: 'await link.run(`KILL ${String(id)}`).catch(() => undefined);',
    to: 'void id;',
    tests: [LEASE],
  },
  {
    guarantee: 'a daemon that is killed is followed at once',
    fault: 'its lease runs out first',
    file: 'src/infra/store/mariadb/leadership/lease.ts',
    from: 'AND NOT (${HOLDER_GONE}) FROM tdl_lease',
    to: 'AND NOT (${HOLDER_GONE} AND FALSE) FROM tdl_lease',
    tests: ['test/contract/mariadb-lease.test.ts'],
  },
  {
    guarantee: 'nothing elected runs on when the lease is lost',
    fault: 'it is not told',
    file: 'src/actors/leadership/elected.ts',
    from: "for (const name of names()) tell(name, { type: 'leadership.lost' });",
    to: '',
    tests: [SIMULATION],
  },
  {
    guarantee: 'who cannot renew the lease gives it up before others take it',
    fault: 'it believes in it for longer',
    file: 'src/machines/supervision/leadership.machine.ts',
    from: 'tenureEnd: ({ context }) => context.heldMs,',
    to: 'tenureEnd: ({ context }) => 3 * context.heldMs,',
    tests: [SIMULATION],
  },
  {
    guarantee: 'files of two publications are not mixed on a follower',
    fault: 'what was published meanwhile is not looked at',
    file: 'src/infra/publishing/mirror.ts',
    from: 'if (wanted.length > 0 && !isSame(await list(url, signal), theirs)) return [];',
    to: '',
    tests: [MIRROR],
  },
  {
    guarantee: 'any daemon gives a file the same tag',
    fault: 'a copy gets a time of its own',
    file: 'src/infra/publishing/mirror.ts',
    from: 'await utimes(file.path, modifiedS, modifiedS);',
    to: '',
    tests: [MIRROR],
  },
  {
    guarantee: 'an observation that two daemons hear is one change',
    fault: 'it is written again',
    file: 'src/infra/store/sqlite/markets/write-markets.ts',
    from: 'if (!isThere) {',
    to: 'if (!isThere || isThere) {',
    tests: ['test/contract/sqlite-store.test.ts'],
  },
];
