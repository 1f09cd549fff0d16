import { createActor, fromCallback, fromPromise, type ActorRefFrom } from 'xstate';
import { describeError } from '../../domain/errors.ts';
import type { WatcherStatus } from '../../domain/ports/commanders/colonisation.ts';
import type {
  JournalFolder,
  Look,
  LookedAt,
  ScanProgress,
} from '../../domain/ports/commanders/journal-folder.ts';
import type { Log } from '../../domain/ports/log.ts';
import type { Time } from '../../domain/ports/time.ts';
import type { Random } from '../../machines/backoff.ts';
import { journalWatcherMachine } from '../../machines/commanders/journal-watcher.machine.ts';
import { FolderReporter } from './reporter.ts';

export interface FolderWatcherDeps {
  readonly time: Time;
  readonly random: Random;
  readonly log: Log;
  /** Reads what is new, and does with it what is to be done. @throws: it is tried again */
  readonly look: (
    look: Look,
    signal: AbortSignal,
    progress: (progress: ScanProgress) => void,
  ) => Promise<LookedAt | null>;
}

export const JOURNAL_BACKOFF = { minMs: 1_000, capMs: 60_000 };

const SETTINGS = { pollMs: 1_000, gatherMs: 50, absentMs: 10_000, backoff: JOURNAL_BACKOFF };
const STATES = ['absent', 'scanning', 'tailing', 'backingOff'] as const;

/** Follows one folder of journals, whatever is done with what they tell. */
export class FolderWatcher<Told> {
  readonly folder: JournalFolder<Told>;
  readonly #actor: ActorRefFrom<typeof journalWatcherMachine>;
  readonly #looking = new Set<Promise<unknown>>();

  constructor(folder: JournalFolder<Told>, { time, random, log, look }: FolderWatcherDeps) {
    this.folder = folder;
    const reporter = new FolderReporter(log, folder.path);
    const progress = (now: ScanProgress) => this.#actor.send({ type: 'scan.progressed', ...now });
    this.#actor = createActor(
      journalWatcherMachine.provide({
        actors: {
          look: fromPromise<LookedAt | null, Look>(({ input, signal }) =>
            this.#remembered(look(input, signal, progress)),
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
    this.#actor.subscribe({
      error: (error) =>
        log.error({ folder: folder.path }, `journals: not followed any more: ${describeError(error)}`),
    });
  }

  start(): void {
    this.#actor.start();
  }

  /** Resolves when nothing is read any more. Idempotent. */
  async stop(): Promise<void> {
    if (this.#actor.getSnapshot().status === 'active') this.#actor.send({ type: 'stop' });
    await Promise.allSettled(this.#looking);
  }

  status(): WatcherStatus {
    const now = this.#actor.getSnapshot();
    const { looked, progress, lastError } = now.context;
    return {
      folder: this.folder.path,
      state: STATES.find((tag) => now.hasTag(tag)) ?? 'closed',
      files: looked?.files ?? null,
      progress: looked !== null || progress === null ? null : progress.bytes / Math.max(1, progress.ofBytes),
      problems: looked?.problems ?? [],
      lastError,
    };
  }

  #remembered<T>(looking: Promise<T>): Promise<T> {
    this.#looking.add(looking);
    const forget = () => this.#looking.delete(looking);
    looking.then(forget, forget);
    return looking;
  }
}
