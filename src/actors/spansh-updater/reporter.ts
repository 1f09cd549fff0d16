import { DUMP_PROBLEMS, type DumpProblem, type ProblemCount } from '../../domain/spansh/problems.ts';
import type { DumpVersion } from '../../domain/ports/galaxy/dump.ts';
import type { Log } from '../../domain/ports/log.ts';
import type { PublishedSet } from '../../domain/ports/publishing/publishing.ts';
import type {
  DownloadProgress,
  ImportProgress,
  ImportResult,
} from '../../domain/ports/galaxy/spansh-updater.ts';
import { onClocks } from '../../domain/active-hours.ts';
import { describeError } from '../../domain/errors.ts';
import { formatTimestamp } from '../../domain/timestamp.ts';

const MIB = 1024 * 1024;

/** What the daily update tells its operator: a line every `intervalMs` while it works, one for each step. */
export class SpanshReporter {
  readonly #log: Log;
  readonly #now: () => number;
  readonly #intervalMs: number;
  #error: string | null = null;
  #missing = '';
  #opensAtS = 0;
  /** When the work at hand began, and where it was then. */
  #began: { readonly what: string; readonly atMs: number; readonly bytes: number } | null = null;
  #toldAtMs = 0;

  /** @param now milliseconds since the epoch */
  constructor(log: Log, now: () => number, intervalMs: number) {
    this.#log = log;
    this.#now = now;
    this.#intervalMs = intervalMs;
  }

  checked = (version: DumpVersion, found: 'is new' | 'was imported already' | 'is still of no use'): void => {
    const { source, lastModifiedS, size } = version;
    const of = lastModifiedS === null ? '' : ` of ${formatTimestamp(lastModifiedS)} UTC`;
    this.#log.info({ source, lastModifiedS, size, found }, `Spansh: the dump${of} ${found}: ${source}`);
  };

  downloading = ({ bytes, totalBytes }: DownloadProgress): void => {
    const told = this.#progress('downloading', bytes, totalBytes);
    if (told !== null) this.#log.info({ bytes, totalBytes }, `Spansh: ${told}`);
  };

  importing = ({ bytesRead, totalBytes, stations, counts }: ImportProgress): void => {
    const told = this.#progress('importing', bytesRead, totalBytes);
    if (told === null) return;
    const { markets } = counts;
    this.#log.info(
      { bytesRead, totalBytes, read: stations, ...counts },
      `Spansh: ${told}, ${stations} stations read, ${markets} markets written`,
    );
  };

  imported = ({ systems, stations, counts, problems, tooOld, maxAgeDays }: ImportResult): void => {
    this.#began = null;
    const age = maxAgeDays === Infinity ? 'any age' : `${maxAgeDays} days`;
    this.#log.info(
      { read: { systems, stations }, written: counts, tooOld },
      `Spansh: imported ${stations} stations of ${systems} systems: ${counts.systems} systems, ` +
        `${counts.stations} stations, ${counts.markets} markets (${counts.marketRows} rows), ` +
        `${counts.vendors} shipyards and outfitters were new or newer; left out as older than ${age}: ` +
        `${tooOld.markets} markets, ${tooOld.shipyards} shipyards, ${tooOld.outfitters} outfitters`,
    );
    for (const [problem, { count, sample }] of Object.entries(problems) as [DumpProblem, ProblemCount][]) {
      this.#log.warn(
        { problem, count, sample },
        `Spansh: ${count} x ${problem} (${DUMP_PROBLEMS[problem]}), first: ${sample}`,
      );
    }
  };

  /** What somebody gave, and hears of. */
  notImported = (error: unknown): void => {
    this.#began = null;
    this.#log.warn({ error }, `the dump that was to be imported was not: ${describeError(error)}`);
  };

  /** Looked for every minute, told once. */
  missing = (files: readonly string[]): void => {
    const list = files.join(', ');
    if (list === this.#missing) return;
    this.#missing = list;
    this.#log.warn({ files }, `missing, to be published from what the database has: ${list}`);
  };

  published = ({ rows, changed }: PublishedSet): void => {
    this.#missing = '';
    this.#log.info(
      { rows, changed },
      `published: listings.csv with ${rows.listings ?? 0} rows and ${Object.keys(rows).length - 1} table files, ` +
        `${changed.length} of them changed`,
    );
  };

  demoted = (stations: number): void => {
    this.#error = null;
    this.#log.info({ stations }, `${stations} stations of listings.csv are baseline now`);
  };

  /** @param zone whose clocks it is told on */
  outsideHours = (opensInMs: number, zone: string): void => {
    const opensAtS = Math.round((this.#now() + opensInMs) / 1000);
    // It looks every minute.
    if (Math.abs(opensAtS - this.#opensAtS) < 60) return;
    this.#opensAtS = opensAtS;
    this.#log.info(
      { opensInMs },
      `Spansh: outside its active hours, which begin at ${onClocks(opensAtS * 1000, zone)}`,
    );
  };

  failed = ({ attempt, lastError }: { attempt: number; lastError: string | null }): void => {
    this.#began = null;
    if (lastError === this.#error) return;
    this.#error = lastError;
    this.#log.error({ attempt, error: lastError }, `Spansh: ${lastError ?? 'failed'}; trying again`);
  };

  /** @returns share, rate and time left when a line is due */
  #progress(what: string, bytes: number, totalBytes: number | null): string | null {
    const nowMs = this.#now();
    if (this.#began?.what !== what || bytes < this.#began.bytes) {
      this.#began = { what, atMs: nowMs, bytes };
      this.#toldAtMs = nowMs;
      return null;
    }
    if (nowMs - this.#toldAtMs < this.#intervalMs) return null;
    this.#toldAtMs = nowMs;
    const bytesPerS = ((bytes - this.#began.bytes) / (nowMs - this.#began.atMs)) * 1000;
    const done = `${(bytes / MIB).toFixed(0)} MiB`;
    const rate = `${(bytesPerS / MIB).toFixed(1)} MiB/s`;
    if (totalBytes === null || bytesPerS === 0) return `${what}, ${done}, ${rate}`;
    const minutesLeft = Math.ceil((totalBytes - bytes) / bytesPerS / 60);
    return `${what}, ${((bytes / totalBytes) * 100).toFixed(0)} % of ${(totalBytes / MIB).toFixed(0)} MiB, ${rate}, ${minutesLeft} min left`;
  }
}
