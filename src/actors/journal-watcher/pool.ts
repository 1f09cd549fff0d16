import { ColonisationBook } from '../../domain/colonisation/book/book.ts';
import type { Carrier } from '../../domain/colonisation/book/carrier.ts';
import type { Commander } from '../../domain/colonisation/book/commander.ts';
import type { Finding } from '../../domain/colonisation/book/findings.ts';
import type { Site } from '../../domain/colonisation/book/site.ts';
import type {
  Colonisation,
  Reloaded,
  SenderStatus,
  WatcherStatus,
} from '../../domain/ports/commanders/colonisation.ts';
import type {
  JournalFolder,
  Look,
  LookedAt,
  ScanProgress,
} from '../../domain/ports/commanders/journal-folder.ts';
import type { JournalInbox } from '../../domain/ports/commanders/journal-inbox.ts';
import type { Log } from '../../domain/ports/log.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import type { Time } from '../../domain/ports/time.ts';
import type { Random } from '../../machines/backoff.ts';
import { FolderWatcher, JOURNAL_BACKOFF } from './folder-watcher.ts';
import { BookKeeper } from './keeper.ts';

export interface JournalWatchersDeps {
  readonly folders: readonly JournalFolder<Finding>[];
  readonly store: AggregateStore;
  readonly time: Time;
  readonly random: Random;
  readonly log: Log;
}

/** Other daemons on the database may read journals, too. */
const OTHERS_MS = 30_000;

/** Follows folders of journals, an actor each, and keeps what they tell. */
export class JournalWatchers implements Colonisation, JournalInbox {
  readonly book = new ColonisationBook();
  readonly #deps: JournalWatchersDeps;
  readonly #keeper: BookKeeper;
  readonly #watchers: readonly FolderWatcher<Finding>[];
  readonly #senders = new Map<string, SenderStatus>();
  readonly #listeners = new Set<() => void>();
  readonly #opened = Promise.withResolvers<undefined>();
  /** What is read anew, before it is taken; null: nothing is. */
  #shadow: { readonly book: ColonisationBook; readonly read: Promise<Reloaded> } | null = null;
  readonly #closing = new AbortController();
  #timer: unknown = null;
  #isOpen = false;
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
    this.#watchers = deps.folders.map(
      (folder) => new FolderWatcher(folder, { ...deps, look: (...look) => this.#look(folder, ...look) }),
    );
  }

  start(): void {
    this.#readKept();
    for (const watcher of this.#watchers) watcher.start();
  }

  /** What was read is kept, so that the next life goes on there. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closing.abort();
    this.#opened.resolve(undefined);
    this.#deps.time.clearTimeout(this.#timer);
    await Promise.all(this.#watchers.map((watcher) => watcher.stop()));
    await this.#shadow?.read.catch(() => undefined);
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
    return this.#watchers.map((watcher) => watcher.status());
  }

  async receive(sender: string, lines: number, findings: readonly Finding[]): Promise<boolean> {
    if (!this.#isOpen || this.#isClosed) return false;
    this.#take(findings);
    const before = this.#senders.get(sender)?.lines ?? 0;
    this.#senders.set(sender, { name: sender, lines: before + lines, lastAtMs: this.#deps.time.now() });
    return this.#keeper.flush();
  }

  senders(): SenderStatus[] {
    return [...this.#senders.values()];
  }

  async #look(
    folder: JournalFolder<Finding>,
    { everything }: Look,
    signal: AbortSignal,
    progress: (progress: ScanProgress) => void,
  ): Promise<LookedAt | null> {
    await this.#opened.promise;
    signal.throwIfAborted();
    const keep = async () => {
      if (await this.#keeper.flush()) await folder.keep(false);
    };
    const looked = await folder.look({
      ...{ everything, signal, progress, checkpoint: keep },
      take: (findings) => {
        this.#take(findings);
        this.#shadow?.book.take(findings);
      },
    });
    await keep();
    return looked;
  }

  #take(findings: readonly Finding[]): void {
    this.book.take(findings);
    if (findings.length > 0) this.#tellListeners();
  }

  /** Nothing is read before what is kept is known; later, what other daemons have written is joined. */
  #readKept(): void {
    const again = (delayMs: number) => {
      if (this.#isClosed) return;
      this.#timer = this.#deps.time.setTimeout(() => this.#readKept(), delayMs);
    };
    this.#keeper.readKept().then(
      () => {
        this.#isOpen = true;
        this.#opened.resolve(undefined);
        this.#tellListeners();
        again(OTHERS_MS);
      },
      () => again(JOURNAL_BACKOFF.minMs),
    );
  }

  async #keepPositions(isLast: boolean): Promise<void> {
    for (const { folder } of this.#watchers) await folder.keep(isLast).catch(() => undefined);
  }
}
