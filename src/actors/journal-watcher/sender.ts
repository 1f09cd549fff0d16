import { partOf, type SentLine } from '../../domain/colonisation/reading/sent-lines.ts';
import { AppError } from '../../domain/errors.ts';
import type {
  JournalFolder,
  Look,
  LookedAt,
  ScanProgress,
} from '../../domain/ports/commanders/journal-folder.ts';
import type { JournalOutlet } from '../../domain/ports/commanders/journal-inbox.ts';
import type { Log } from '../../domain/ports/log.ts';
import type { Time } from '../../domain/ports/time.ts';
import type { Random } from '../../machines/backoff.ts';
import { FolderWatcher } from './folder-watcher.ts';

export interface JournalSenderDeps {
  readonly folder: JournalFolder<SentLine>;
  readonly outlet: JournalOutlet;
  readonly time: Time;
  readonly random: Random;
  readonly log: Log;
}

/** In characters. */
const PART_LENGTH = 1_000_000;

/**
 * Follows a folder and sends what it tells to somebody else's daemon. How far it has got is kept when that has answered that
 * what was sent is in its database; so a kill costs that something is sent twice, which changes nothing there.
 */
export class JournalSender {
  readonly #deps: JournalSenderDeps;
  readonly #watcher: FolderWatcher<SentLine>;
  /** Read and not sent. */
  #waiting: SentLine[] = [];
  readonly #refused = Promise.withResolvers<never>();

  constructor(deps: JournalSenderDeps) {
    this.#deps = deps;
    this.#watcher = new FolderWatcher(deps.folder, { ...deps, look: (...look) => this.#look(...look) });
    this.#refused.promise.catch(() => undefined);
  }

  /** Rejects when the other side does not take it, and never will before somebody changes something. */
  get refused(): Promise<never> {
    return this.#refused.promise;
  }

  get state() {
    return this.#watcher.status().state;
  }

  start(): void {
    this.#watcher.start();
  }

  async close(): Promise<void> {
    await this.#watcher.stop();
    if (this.#waiting.length === 0) await this.#deps.folder.keep(true);
  }

  async #look(
    { everything }: Look,
    signal: AbortSignal,
    progress: (progress: ScanProgress) => void,
  ): Promise<LookedAt | null> {
    const { folder } = this.#deps;
    const checkpoint = async () => {
      await this.#send(signal);
      await folder.keep(false);
    };
    // What waits since the last failure.
    await checkpoint();
    const looked = await folder.look({
      ...{ everything, signal, checkpoint, progress },
      take: (lines) => {
        for (const line of lines) this.#waiting.push(line);
      },
    });
    await checkpoint();
    return looked;
  }

  async #send(signal: AbortSignal): Promise<void> {
    const { outlet, log } = this.#deps;
    while (this.#waiting.length > 0) {
      const { text, lines } = partOf(this.#waiting, PART_LENGTH);
      try {
        await outlet.send(text, signal);
      } catch (error) {
        if (error instanceof AppError && error.code === 'usage') {
          this.#refused.reject(error);
          // Whoever has started it ends it.
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        }
        throw error;
      }
      this.#waiting = this.#waiting.slice(lines);
      log.debug({ lines }, `journals: ${lines} lines sent`);
    }
  }
}
