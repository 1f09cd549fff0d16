import type { Mutation } from './mutation.ts';

const REPLICA = 'test/contract/mariadb-replica.test.ts';
const SERVE = 'test/integration/serve.test.ts';

/** Of pages and maps, and of processes that only serve. */
export const SERVING_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'who comes from a server that is further ahead is not led back',
    fault: 'nobody waits for the replica',
    file: 'src/actors/subscription/hub.ts',
    from: 'if (since !== null) await this.#awaitPlace(since, signal);',
    to: '',
    tests: [REPLICA],
  },
  {
    guarantee: 'a number that was never told is told from one that is not there yet',
    fault: 'it is waited for',
    file: 'src/actors/subscription/reach.ts',
    from: 'if (page.lastSeq >= seq || isComplete)',
    to: 'if (page.lastSeq >= seq)',
    tests: [REPLICA],
  },
  {
    guarantee: 'a file has all that was written before it was begun',
    fault: 'a replica is read however far it is',
    file: 'src/infra/store/mariadb/export/at-replica.ts',
    from: 'const isCurrent = await replica.hasAll();',
    to: 'const isCurrent = (await replica.hasAll()) || true;',
    tests: ['test/unit/mariadb-at-replica.test.ts', REPLICA],
  },
  {
    guarantee: 'a process that only serves answers from what others have written',
    fault: 'its memory is never told',
    file: 'src/app/serving/serve.ts',
    from: 'await createQueries(base, true)',
    to: 'await createQueries(base)',
    tests: [SERVE],
  },
  {
    guarantee: 'nothing foreign runs in the page for people, whatever a name of a station holds',
    fault: 'inline scripts may run',
    file: 'src/infra/http/routes/portal.ts',
    from: "script-src 'self';",
    to: "script-src 'self' 'unsafe-inline';",
    tests: ['test/integration/http-routes.test.ts'],
  },
  {
    guarantee: 'the map shows only markets where the good is to be had',
    fault: 'a market without stock is shown',
    file: 'src/domain/galaxy/map.ts',
    from: '(units[market] ?? 0) === 0',
    to: 'units[market] === undefined',
    tests: ['test/contract/sqlite-queries.test.ts'],
  },
  {
    guarantee: 'a search ends when whoever asks is gone',
    fault: 'nobody tells the thread',
    file: 'src/infra/http/api/endpoint.ts',
    from: 'if (!raw.writableFinished) gone.abort();',
    to: '',
    tests: ['test/contract/sqlite-queries.test.ts'],
  },
  {
    guarantee: 'stations are described from memory, without a read of their rows',
    fault: 'the rows are read',
    file: 'src/infra/store/shared/queries/records.ts',
    from: "${galaxy === null ? market : ''}",
    to: '${market}',
    tests: ['test/unit/query-engine.test.ts'],
  },
  {
    guarantee: 'a good that comes for the first time is called by its name at once',
    fault: 'goods are read once a minute, whatever is met',
    file: 'src/infra/http/api/goods.ts',
    from: 'if (unknown.size === 0) return known;',
    to: 'return known;',
    tests: ['test/contract/sqlite-queries.test.ts'],
  },
];
