import { AppError } from '../../domain/errors.ts';
import { isSameDump, type DumpProgress, type DumpStage, type DumpVersion } from '../../domain/ports/dump.ts';
import type { ImportHooks, SpanshUpdaterPorts } from '../../domain/ports/spansh-updater.ts';
import type { Time } from '../../domain/ports/time.ts';
import type { CheckResult, UpdatePlan, UpdateStep } from '../../machines/spansh-updater.machine.ts';
import type { SpanshReporter } from './reporter.ts';
import { createSteps } from '../steps.ts';

export interface UpdaterDeps extends SpanshUpdaterPorts {
  readonly time: Time;
  readonly reporter: SpanshReporter;
  readonly isCleared: ImportHooks['isCleared'];
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
  const { step, ended } = createSteps();
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
    ended,
  };
}
