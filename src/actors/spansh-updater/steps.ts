import { AppError } from '../../domain/errors.ts';
import { isSameDump, type DumpProgress, type DumpStage, type DumpVersion } from '../../domain/ports/dump.ts';
import type { ImportOptions, ImportResult } from '../../infra/spansh/import-dump.ts';
import type { DownloadProgress } from '../../infra/spansh/download.ts';
import type { PublishedSet } from '../../infra/publishing/published-set.ts';
import type { CheckResult, UpdatePlan, UpdateStep } from '../../machines/spansh-updater.machine.ts';
import type { SpanshReporter } from './reporter.ts';
import { createSteps } from '../steps.ts';
import type { Time } from '../time.ts';

/** What the updater works with; files, network and database behind it. */
export interface UpdaterPorts {
  readonly state: {
    load(): Promise<DumpProgress | null>;
    save(progress: DumpProgress): Promise<void>;
  };
  readonly source: {
    check(signal: AbortSignal): Promise<DumpVersion>;
    download(
      version: DumpVersion,
      onProgress: (progress: DownloadProgress) => void,
      signal: AbortSignal,
    ): Promise<{ readonly file: string; readonly version: DumpVersion }>;
    /** A downloaded file is not needed any more. */
    discard(file: string): Promise<void>;
  };
  readonly importDump: (
    file: string,
    options: Pick<ImportOptions, 'isCleared' | 'onProgress' | 'signal'>,
  ) => Promise<ImportResult>;
  readonly publish: (signal: AbortSignal) => Promise<PublishedSet>;
  readonly demote: (signal: AbortSignal) => Promise<number>;
  /** Names the database: a dump that went into another one has to be imported again. */
  readonly database: string;
  /** No station is in it: whatever was imported is gone. */
  readonly isEmpty: () => Promise<boolean>;
  /** Writes `last_update` of the configuration file. */
  readonly noteUpdated: (lastModifiedS: number) => Promise<void>;
  /** Milliseconds until the active hours of a job begin; 0: now is one of them. */
  readonly opensInMs: (job: 'spansh' | 'publishing') => number;
}

export interface UpdaterDeps extends UpdaterPorts {
  readonly time: Time;
  readonly reporter: SpanshReporter;
  readonly isCleared: ImportOptions['isCleared'];
}

const NEXT = {
  downloaded: 'import',
  imported: 'publish',
  published: 'demote',
  demoted: 'check',
} as const satisfies Record<DumpStage, UpdateStep>;

/** The I/O steps of the updater; what each reaches is durable before it resolves. */
export function updaterLogics(deps: UpdaterDeps) {
  const { state, source, reporter, time } = deps;
  const { step, settled } = createSteps();
  /** What the last check found. */
  let found: DumpVersion | null = null;

  async function reached(stage: DumpStage, progress: Pick<DumpProgress, 'version' | 'file' | 'database'>) {
    const { version, file, database } = progress;
    await state.save({ version, file, database, stage, atS: Math.floor(time.now() / 1000) });
  }

  async function current(stage: DumpStage): Promise<DumpProgress> {
    const progress = await state.load();
    if (progress?.stage !== stage) throw new Error(`no dump is ${stage}`);
    return progress;
  }

  const plan = step<UpdatePlan>(async () => {
    const progress = await state.load();
    const isOurs = progress?.stage === 'downloaded' || progress?.database === deps.database;
    const next = progress !== null && isOurs ? NEXT[progress.stage] : 'check';
    const opensInMs = next === 'demote' ? 0 : deps.opensInMs(next === 'publish' ? 'publishing' : 'spansh');
    return opensInMs > 0 ? { step: 'outsideHours', opensInMs } : { step: next, opensInMs: 0 };
  });

  const check = step<CheckResult>(async (signal) => {
    found = await source.check(signal);
    const progress = await state.load();
    const isKnown =
      progress !== null &&
      progress.database === deps.database &&
      isSameDump(progress.version, found) &&
      !(await deps.isEmpty());
    reporter.checked(found, !isKnown);
    return { changed: !isKnown };
  });

  const download = step<undefined>(async (signal) => {
    if (found === null) throw new Error('nothing was checked');
    const got = await source.download(found, reporter.downloading, signal);
    await reached('downloaded', { ...got, database: null });
    return undefined;
  });

  const importDump = step<undefined>(async (signal) => {
    const { file, version } = await current('downloaded');
    const options = { isCleared: deps.isCleared, onProgress: reporter.importing, signal };
    try {
      reporter.imported(await deps.importDump(file, options));
    } catch (error) {
      if (error instanceof AppError && error.code === 'dump') {
        // It will not get better: the next check has it brought again.
        await reached('demoted', {
          file,
          version: { ...version, etag: null, lastModifiedS: null },
          database: null,
        });
        await source.discard(file);
      }
      throw error;
    }
    await reached('imported', { file, version, database: deps.database });
    await source.discard(file);
    if (version.lastModifiedS !== null) await deps.noteUpdated(version.lastModifiedS);
    return undefined;
  });

  const publish = step<undefined>(async (signal) => {
    const progress = await current('imported');
    reporter.published(await deps.publish(signal));
    await reached('published', progress);
    return undefined;
  });

  const demote = step<undefined>(async (signal) => {
    const progress = await current('published');
    reporter.demoted(await deps.demote(signal));
    await reached('demoted', progress);
    return undefined;
  });

  return {
    logics: { plan, check, download, importDump, publish, demote },
    settled,
  };
}
