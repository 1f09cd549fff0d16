import type { Mutation } from './mutation.ts';

const SQLITE = 'test/contract/sqlite-store.test.ts';
const WRITE_RULE = 'src/domain/market/write-rule.ts';

/** Of the rules by which observations are judged. */
export const RULE_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'the newest observation wins, in the database',
    fault: 'a stale snapshot overwrites newer rows',
    file: WRITE_RULE,
    from: 'if (observedAtS < newestS) return refuse',
    to: 'if (observedAtS + 60 < newestS) return refuse',
    tests: [SQLITE],
  },
  {
    guarantee: 'the newest observation wins in any order, of markets nobody knows yet, too',
    fault: 'an empty list of an unknown market is refused and forgotten',
    file: WRITE_RULE,
    from: 'if (memory === null) return refuse(',
    to: 'if (memory !== undefined) return refuse(',
    tests: [SQLITE],
  },
  {
    guarantee: 'a time that nobody can have observed shuts nothing out',
    fault: 'what is stored is believed, whatever its time',
    file: WRITE_RULE,
    from: 'storedS > notAfterS ? null : storedS',
    to: 'storedS === notAfterS ? null : storedS',
    tests: [SQLITE],
  },
  {
    guarantee: 'one message does not change who a station is',
    fault: 'a message with another name and system is believed at once',
    file: WRITE_RULE,
    from: 'if (isMixed && !isConfirmed && !confirms(',
    to: 'if (isMixed && memory?.clear !== undefined && !confirms(',
    tests: [SQLITE],
  },
  {
    guarantee: 'no sender is ahead of the gateway',
    fault: 'an observation within the skew keeps its time',
    file: 'src/domain/eddn/staging.ts',
    from: 'Math.min(observedAtS, gatewayAtS ?? Infinity)',
    to: 'observedAtS',
    tests: ['test/unit/staging.test.ts'],
  },
  {
    guarantee: 'a good of a category nobody knew costs no market',
    fault: 'categories are not added',
    file: 'src/infra/store/shared/reference-tables.ts',
    from: 'if (!known.has(key) && !added.has(key)) added.set',
    to: 'if (!known.has(key) && added.has(key)) added.set',
    tests: [SQLITE],
  },
  {
    guarantee: 'the change log tells what is written, and nothing else',
    fault: 'what a purge deletes is not told',
    file: 'src/infra/store/sqlite/housekeeping/purge.ts',
    from: "      note('market', stationId, null, 'purge');\n",
    to: '',
    tests: [SQLITE],
  },
  {
    guarantee: 'a subscriber ends with what the database says',
    fault: 'rows that nobody remembers are not heard to be gone',
    file: 'src/domain/push/update.ts',
    from: 'if (rows.length === 0 && !update.isWhole) return null;',
    to: 'if (rows.length === 0) return null;',
    tests: ['test/unit/push-updates.test.ts'],
  },
  {
    guarantee: 'a reader of the change log is told when what he has not seen is kept no longer',
    fault: 'whoever is too late gets what is left',
    file: 'src/infra/store/shared/queries/changes.ts',
    from: 'seq + 1 >= firstSeq && ',
    to: '',
    tests: [SQLITE],
  },
  {
    guarantee: 'a database that refuses every market is told from one that refuses a market',
    fault: 'a market that is taken does not end the row',
    file: 'src/actors/writer/refusal-streak.ts',
    from: 'this.#markets.clear();\n      const failed',
    to: 'const failed',
    tests: ['test/unit/refusal-streak.test.ts'],
  },
  {
    guarantee: 'an import is complete only when the database has taken it',
    fault: 'refused records are left out',
    file: 'src/infra/spansh/import-dump.ts',
    from: 'if (refused === 0 && invalid * 2',
    to: 'if (invalid * 2',
    tests: ['test/integration/import-dump.test.ts'],
  },
];
