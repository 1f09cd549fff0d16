import { createActor, fromCallback, fromPromise, type ActorRefFrom } from 'xstate';
import { ColonisationBook } from '../../domain/colonisation/book/book.ts';
import type { Carrier } from '../../domain/colonisation/book/carrier.ts';
import type { Commander } from '../../domain/colonisation/book/commander.ts';
import type { Site } from '../../domain/colonisation/book/site.ts';
import { describeError } from '../../domain/errors.ts';
import type { Colonisation, Reloaded, WatcherStatus } from '../../domain/ports/commanders/colonisation.ts';
import type { JournalFolder, Look, LookedAt } from '../../domain/ports/commanders/journal-folder.ts';
import type { Log } from '../../domain/ports/log.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import type { Time } from '../../domain/ports/time.ts';
import type { Random } from '../../machines/backoff.ts';
import { journalWatcherMachine } from '../../machines/commanders/journal-watcher.machine.ts';
import { BookKeeper } from './keeper.ts';
import { FolderReporter } from './reporter.ts';

export interface JournalWatchersDeps {
  readonly folders: readonly JournalFolder[];
  readonly store: AggregateStore;
  readonly time: Time;
  readonly random: Random;
  readonly log: Log;
}

type Watcher = ActorRefFrom<typeof journalWatcherMachine>;

const SETTINGS = {
  pollMs: 1_000,
  gatherMs: 50,
  absentMs: 10_000,
  backoff: { minMs: 1_000, capMs: 60_000 },
};
const STATES = ['absent', 'scanning', 'tailing', 'backingOff'] as const;
/** Other daemons on the database may read journals, too. */
const OTHERS_MS = 30_000;

/** Follows folders of journals, an actor each, and keeps what they tell. */
export class JournalWatchers implements Colonisation {
  readonly book = new ColonisationBook();
  readonly #deps: JournalWatchersDeps;
  readonly #keeper: BookKeeper;
  readonly #watchers: { readonly folder: JournalFolder; readonly actor: Watcher }[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #looking = new Set<Promise<unknown>>();
  readonly #opened = Promise.withResolvers<undefined>();
  /** What is read anew, before it is taken; null: nothing is. */
  #shadow: { readonly book: ColonisationBook; readonly read: Promise<Reloaded> } | null = null;
  readonly #closing = new AbortController();
  #timer: unknown = null;
  #isClosed = false;

  constructor(deps: JournalWatchersDeps) {
    this.#deps = deps;
    const { log } = deps;
    this.#keeper = new BookKeeper({
      ...deps,
      book: this.book,
      report: (error) => {
        if (error === null) log.info({}, 'journals: what they tell is read and written again');
        else
          log.warn(
            {},
            `journals: what they have told is not to be had from the database, or not written; tried again: ${error}`,
          );
      },
    });
    for (const folder of deps.folders) this.#watchers.push({ folder, actor: this.#watcher(folder) });
  }

  start(): void {
    this.#readKept();
    for (const { actor } of this.#watchers) actor.start();
  }

  /** What was read is kept, so that the next life goes on there. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closing.abort();
    this.#opened.resolve(undefined);
    this.#deps.time.clearTimeout(this.#timer);
    for (const { actor } of this.#watchers) actor.send({ type: 'stop' });
    await Promise.allSettled(this.#looking);
    const isKept = await this.#keeper.close();
    if (isKept) await this.#keepPositions(true);
  }

  /**
   * Reads all journals anew beside what is known, and takes it at once when all of it is read. Whoever asks again
   * meanwhile gets the same answer.
   * @throws AppError `journal`: a folder cannot be read
   */
  reload(): Promise<Reloaded> {
    if (this.#shadow !== null) return this.#shadow.read;
    const book = new ColonisationBook();
    const read = this.#readAnew(book).finally(() => (this.#shadow = null));
    this.#shadow = { book, read };
    this.#keepTrackOf(read);
    return read;
  }

  async #readAnew(anew: ColonisationBook): Promise<Reloaded> {
    await this.#opened.promise;
    const { signal } = this.#closing;
    const problems: string[] = [];
    let [files, lines] = [0, 0];
    for (const folder of this.#deps.folders) {
      signal.throwIfAborted();
      const looked = await folder.reread({ signal, take: (findings) => anew.take(findings) });
      problems.push(...(looked?.problems ?? [`there is no folder ${folder.path}`]));
      files += looked?.files ?? 0;
      lines += looked?.lines ?? 0;
    }
    this.book.swapIn(anew, problems.length === 0);
    this.#tellListeners();
    await this.#keeper.flush();
    return { files, lines, sites: anew.sites.size, problems };
  }

  #keepTrackOf(work: Promise<unknown>): void {
    this.#looking.add(work);
    const forget = () => this.#looking.delete(work);
    work.then(forget, forget);
  }

  sites(): Site[] {
    return [...this.book.sites.values()];
  }

  carriers(): Carrier[] {
    return this.book.carriers;
  }

  commanders(): Commander[] {
    return [...this.book.commanders.values()];
  }

  onChange(listener: () => void): () => void {
    // One that listens twice leaves once.
    const own = () => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  #tellListeners(): void {
    for (const listener of this.#listeners) listener();
  }

  watchers(): WatcherStatus[] {
    return this.#watchers.map(({ folder, actor }) => {
      const now = actor.getSnapshot();
      const { looked, progress, lastError } = now.context;
      return {
        folder: folder.path,
        state: STATES.find((tag) => now.hasTag(tag)) ?? 'closed',
        files: looked?.files ?? null,
        progress:
          looked !== null || progress === null ? null : progress.bytes / Math.max(1, progress.ofBytes),
        problems: looked?.problems ?? [],
        lastError,
      };
    });
  }

  #watcher(folder: JournalFolder): Watcher {
    const { time, random, log } = this.#deps;
    const reporter = new FolderReporter(log, folder.path);
    const actor: Watcher = createActor(
      journalWatcherMachine.provide({
        actors: {
          look: fromPromise<LookedAt | null, Look>(({ input, signal }) =>
            this.#look(folder, input, signal, actor),
          ),
          notice: fromCallback(({ sendBack }) => folder.notice(() => sendBack({ type: 'folder.stirred' }))),
        },
        actions: {
          reportAbsent: () => reporter.absent(),
          reportProgress: ({ context }) => context.progress && reporter.progress(context.progress),
          reportScanned: ({ context }) => context.looked && reporter.scanned(context.looked),
          reportProblems: ({ context }) => context.looked && reporter.problems(context.looked),
          reportFailure: ({ context }) => reporter.failed(context.lastError),
        },
      }),
      { clock: time, id: `journal-watcher-${folder.path}`, input: { ...SETTINGS, random } },
    );
    // A bug in one of them ends neither the others nor the process.
    actor.subscribe({
      error: (error) =>
        log.error({ folder: folder.path }, `journals: not followed any more: ${describeError(error)}`),
    });
    return actor;
  }

  #look(
    folder: JournalFolder,
    { everything }: Look,
    signal: AbortSignal,
    actor: Watcher,
  ): Promise<LookedAt | null> {
    const looking = (async () => {
      await this.#opened.promise;
      signal.throwIfAborted();
      const keep = async () => {
        if (await this.#keeper.flush()) await folder.keep(false);
      };
      const looked = await folder.look({
        ...{ everything, signal, checkpoint: keep },
        take: (findings) => {
          this.book.take(findings);
          this.#shadow?.book.take(findings);
          if (findings.length > 0) this.#tellListeners();
        },
        progress: (progress) => actor.send({ type: 'scan.progressed', ...progress }),
      });
      await keep();
      return looked;
    })();
    this.#keepTrackOf(looking);
    return looking;
  }

  /** Nothing is read before what is kept is known; later, what other daemons have written is joined. */
  #readKept(): void {
    const again = (delayMs: number) => {
      if (this.#isClosed) return;
      this.#timer = this.#deps.time.setTimeout(() => this.#readKept(), delayMs);
    };
    this.#keeper.readKept().then(
      () => {
        this.#opened.resolve(undefined);
        this.#tellListeners();
        again(OTHERS_MS);
      },
      () => again(SETTINGS.backoff.minMs),
    );
  }

  async #keepPositions(isLast: boolean): Promise<void> {
    for (const { folder } of this.#watchers) await folder.keep(isLast).catch(() => undefined);
  }
}
