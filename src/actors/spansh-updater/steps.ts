import { AppError } from '../../domain/errors.ts';
import {
  isSameDump,
  type DumpProgress,
  type DumpStage,
  type DumpVersion,
} from '../../domain/ports/galaxy/dump.ts';
import type {
  ImportHooks,
  ImportProgress,
  SpanshUpdaterPorts,
} from '../../domain/ports/galaxy/spansh-updater.ts';
import type { PublishedSet } from '../../domain/ports/publishing/publishing.ts';
import type { Time } from '../../domain/ports/time.ts';
import type { CheckResult, UpdatePlan, UpdateStep } from '../../machines/galaxy/spansh-updater.machine.ts';
import type { Asked } from '../asked.ts';
import type { GivenImport } from './given.ts';
import type { SpanshReporter } from './reporter.ts';
import { createSteps } from '../steps.ts';

export interface UpdaterDeps extends SpanshUpdaterPorts {
  readonly time: Time;
  readonly reporter: SpanshReporter;
  readonly isCleared: ImportHooks['isCleared'];
  readonly asked: Asked<WholePublication>;
  readonly given: GivenImport;
}

/** What a publication that was asked for has brought. */
export interface WholePublication extends PublishedSet {
  /** Stations that have become baseline. */
  readonly demoted: number;
}

const NEXT = {
  downloaded: 'import',
  imported: 'publish',
  published: 'demote',
  demoted: 'check',
  refused: 'check',
} as const satisfies Record<DumpStage, UpdateStep>;

/** The I/O steps of the updater; what each reaches is durable before it resolves. */
export function updaterLogics(deps: UpdaterDeps) {
  const { asked, given, state, source, reporter, time } = deps;
  const { step, ended } = createSteps();
  /** What the last check found. */
  let found: DumpVersion | null = null;
  let isImporting = false;
  /** One that was stopped lets go of its file before the next one begins. */
  let downloading: Promise<unknown> = Promise.resolve();

  let published: PublishedSet | null = null;

  /** Who waits for a publication hears of it. */
  function told(error: unknown): never {
    asked.failed(error);
    throw error;
  }

  async function reached(stage: DumpStage, progress: Pick<DumpProgress, 'version' | 'file' | 'database'>) {
    const { version, file, database } = progress;
    await state.save({ version, file, database, stage, atS: Math.floor(time.now() / 1000) });
  }

  async function current(stage: DumpStage): Promise<DumpProgress & { readonly version: DumpVersion }> {
    const progress = await state.load();
    if (progress?.stage !== stage || progress.version === null) throw new Error(`no dump is ${stage}`);
    return { ...progress, version: progress.version };
  }

  /** What is remembered of this database. */
  async function ours(): Promise<DumpProgress | null> {
    const progress = await state.load();
    return progress?.stage === 'downloaded' || progress?.database === deps.database ? progress : null;
  }

  /** A client needs every file of the set; what an empty database has is of no use to it. */
  async function isPublicLacking(): Promise<boolean> {
    const missing = await deps.missingFiles();
    if (missing.length === 0 || (await deps.isEmpty())) return false;
    reporter.missing(missing);
    return true;
  }

  const plan = step<UpdatePlan, { readonly asked: boolean }>(async (_, { asked: isAsked }) => {
    if (given.isWaiting) return { step: 'importGiven', opensInMs: 0 };
    const progress = await ours();
    const next = progress === null ? 'check' : NEXT[progress.stage];
    // A dump that was fetched is published anyway, and would be forgotten.
    if (isAsked && next !== 'import') return { step: 'publish', opensInMs: 0 };
    const publishInMs = deps.opensInMs('publishing');
    switch (next) {
      case 'publish':
        return { step: 'publish', opensInMs: publishInMs };
      case 'demote':
        if (await isPublicLacking()) return { step: 'publish', opensInMs: publishInMs };
        return { step: 'demote', opensInMs: 0 };
      case 'check':
        // Clients are not kept waiting for Spansh.
        if (publishInMs === 0 && (await isPublicLacking())) return { step: 'publish', opensInMs: 0 };
        return { step: 'check', opensInMs: deps.opensInMs('spansh') };
      case 'import':
        return { step: 'import', opensInMs: deps.opensInMs('spansh') };
    }
  });

  const check = step<CheckResult>(async (signal) => {
    found = await source.check(signal);
    const progress = await ours();
    const version = progress?.version ?? null;
    const isSame = version !== null && isSameDump(version, found);
    const isRefused = isSame && progress?.stage === 'refused';
    const changed = !isRefused && (!isSame || (await deps.isEmpty()));
    reporter.checked(found, changed ? 'is new' : isRefused ? 'is still of no use' : 'was imported already');
    return { changed };
  });

  const download = step<undefined>(async (signal) => {
    if (found === null) throw new Error('nothing was checked');
    await downloading;
    const download = source.download(found, reporter.downloading, signal);
    downloading = download.catch(() => undefined);
    const got = await download;
    await reached('downloaded', { ...got, database: null });
    return undefined;
  });

  const importDump = step<undefined>(async (signal) => {
    const { file, version } = await current('downloaded');
    const options = { isCleared: deps.isCleared, onProgress: reporter.importing, signal };
    isImporting = true;
    try {
      reporter.imported(await deps.importDump(file, options));
    } catch (error) {
      if (error instanceof AppError && (error.code === 'dump' || error.code === 'dumpUnreadable')) {
        // Whole as the source has it, it will not get better. Else the next check has it brought again.
        const isWhole = error.code === 'dump' && version.size !== null;
        await reached('refused', { file, version: isWhole ? version : null, database: deps.database });
        await source.discard(file);
        if (isWhole)
          throw new AppError('dump', `${error.message}; it is not fetched again until there is another one`);
      }
      throw error;
    } finally {
      isImporting = false;
    }
    await reached('imported', { file, version, database: deps.database });
    await source.discard(file);
    if (version.lastModifiedS !== null) await deps.noteUpdated(version.lastModifiedS);
    return undefined;
  });

  const importGiven = step<undefined>(async (signal) => {
    const result = await given.run(async (dump, asker) => {
      const onProgress = (progress: ImportProgress) => {
        reporter.importing(progress);
        asker.onProgress(progress);
      };
      const either = AbortSignal.any([asker.signal, signal]);
      try {
        return await deps.importGiven(dump, { isCleared: deps.isCleared, onProgress, signal: either });
      } catch (error) {
        asker.signal.throwIfAborted();
        if (!signal.aborted) throw error;
        throw new AppError(
          'aborted',
          'the daemon ends: the import was stopped; what it wrote so far is sound',
        );
      }
    });
    reporter.imported(result);
    return undefined;
  });

  const publish = step<undefined>(async (signal) => {
    asked.begin();
    const progress = await ours();
    published = await deps.publish(signal).catch(told);
    reporter.published(published);
    await reached('published', progress ?? { version: null, file: '', database: deps.database });
    return undefined;
  });

  const demote = step<undefined>(async (signal) => {
    const progress = await ours();
    if (progress?.stage !== 'published') throw new Error('nothing is published');
    const demoted = await deps.demote(signal).catch(told);
    reporter.demoted(demoted);
    await reached('demoted', progress);
    if (published !== null) asked.done({ ...published, demoted });
    return undefined;
  });

  /** @throws AppError `publish`, `busy` */
  async function mayPublish(): Promise<void> {
    if (await deps.isEmpty()) {
      throw new AppError('publish', `no station is in ${deps.database}: there is nothing to publish`, {
        advice: 'tdl import fills it, and so does the daemon',
      });
    }
    if ((await ours())?.stage === 'downloaded') {
      throw new AppError(
        'busy',
        'a dump is waiting to be imported, or being so, and is published after that',
      );
    }
  }

  /** @throws AppError `busy` */
  function mayImport(): void {
    if (!isImporting) return;
    throw new AppError('busy', 'the daemon imports a dump of Spansh', { advice: 'wait until it has ended' });
  }

  return {
    mayPublish,
    mayImport,
    logics: { plan, check, download, importDump, importGiven, publish, demote },
    ended,
  };
}
