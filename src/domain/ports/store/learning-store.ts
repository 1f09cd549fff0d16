import type { GalaxyRecord } from '../../galaxy/records.ts';

/** Said once to the operator. */
export const OWN_TABLES_MADE =
  "database: tables of our own were made beside Trade Dangerous' (tdl_*; docs/operations.md)";

/** What became of records. */
interface Learned {
  /** The tables of our own were made by this call. */
  readonly madeTables: boolean;
  /** Names of systems that are new or renamed: what waits for them can be written. */
  readonly systems: readonly string[];
  /** Stations another writer holds: to be given again. */
  readonly deferred: readonly GalaxyRecord[];
}

/** Where what the feed says of the galaxy is kept, beside the markets: own tables (`tdl_*`), and Trade Dangerous'. */
export interface LearningStore {
  /**
   * Joins records with what is known (domain/galaxy/facts.ts). A system that is told is made; a station only by one who
   * was there, and while its system is known. What is kept of others is there when they come.
   *
   * No thing twice in a call. Makes the own tables when they are not there.
   */
  learn(records: readonly GalaxyRecord[]): Promise<Learned>;
}
