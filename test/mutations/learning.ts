import type { Mutation } from './mutation.ts';

const SQLITE = 'test/contract/sqlite-store.test.ts';
const SCRIPTED = 'test/simulation/scripted.test.ts';

/** Of what the feed teaches, archives, and a start without anything. */
export const LEARNING_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'of an archive what proves something of a station is written for itself',
    fault: 'an observation under other names makes the one before give way',
    file: 'src/actors/station-coalescer/gathering.ts',
    from: 'const gaveWay = areAlike(held, snapshot);',
    to: 'const gaveWay = true;',
    tests: ['test/unit/gathering.test.ts'],
  },
  {
    guarantee: 'what is gathered is in the spool after a stop',
    fault: 'only what is in flight is kept',
    file: 'src/actors/station-coalescer/pool.ts',
    from: 'for (const snapshot of this.#options.gathering?.taken() ?? []) this.#take(snapshot);',
    to: '',
    tests: ['test/model/station-pool.oracle.test.ts'],
  },
  {
    guarantee: 'facts merge in any order, by rank first',
    fault: 'a newer fact of a lesser source wins',
    file: 'src/domain/galaxy/facts.ts',
    from: 'if (a[0] !== b[0]) return a[0] > b[0];',
    to: 'if (a[1] !== b[1]) return a[1] > b[1];',
    tests: [SQLITE],
  },
  {
    guarantee: 'what a dump says of services and bodies is joined with what the feed says',
    fault: 'the first docking forgets what the dump told',
    file: 'src/infra/store/sqlite/galaxy/station-states.ts',
    from: 'profile: profileOf(told) }',
    to: 'profile: {} }',
    tests: [SQLITE],
  },
  {
    guarantee: 'what is learned while the database is away is written when it is back',
    fault: 'records that met a dead database are dropped',
    file: 'src/actors/writer/learner.ts',
    from: 'this.#queue.add(records);\n      throw error;',
    to: 'throw error;',
    tests: [SCRIPTED],
  },
  {
    guarantee: 'parked markets come in with their system',
    fault: 'they wait until the catalogue looks',
    file: 'src/actors/writer/learner.ts',
    from: 'await pool.release(await spool.parkedIn(systems));',
    to: '',
    tests: [SCRIPTED],
  },
  {
    guarantee: 'a verdict about prices holds for the rows it was made of',
    fault: 'it is told of rows that somebody else wrote since',
    file: 'src/infra/store/shared/queries/price-ratios.ts',
    from: 'Number(observedS) !== Number(marketAtS)',
    to: 'marketAtS === null',
    tests: [SQLITE],
  },
  {
    guarantee: 'owners of carriers do not say what a price usually is',
    fault: 'the usual prices are made of all markets',
    file: 'src/infra/store/shared/price-judge.ts',
    from: 'isCarrier(Number(typeId), generation)',
    to: 'isCarrier(-1, generation)',
    tests: [SQLITE],
  },
  {
    guarantee: 'what nobody heard of a day is missing',
    fault: 'silence of less than a day is none',
    file: 'src/domain/eddn/heard.ts',
    from: 'if (gapS > TOLERATED_S)',
    to: 'if (gapS > KEPT_S)',
    tests: ['test/unit/heard.test.ts'],
  },
  {
    guarantee: 'a day is whole when its archive is',
    fault: 'the beginning of a day counts as the day',
    file: 'src/domain/eddn/archives.ts',
    from: 'madeMs < Date.parse(day) + DAY_MS',
    to: 'madeMs < Date.parse(day)',
    tests: ['test/unit/heard.test.ts'],
  },
  {
    guarantee: 'the table files have every station that a live listing names',
    fault: 'only missing files are made',
    file: 'src/app/ports/live-listing.ts',
    from: 'if (missing.length === 0 && lacking === 0) return;',
    to: 'if (missing.length === 0) return;',
    tests: ['test/integration/fresh-start.test.ts'],
  },
  {
    guarantee: 'a feed from which is learned is understood',
    fault: 'only markets count',
    file: 'src/domain/eddn/understanding.ts',
    from: 'unresolved.length + learned;',
    to: 'unresolved.length + Math.min(0, learned);',
    tests: ['test/unit/now.test.ts'],
  },
];
