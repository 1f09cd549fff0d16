import { fromPromise } from 'xstate';
import type { ChunkSink, ExportCount } from '../../domain/ports/store/market-store.ts';
import type { PublicFile, StagedFile } from '../../domain/ports/publishing/publishing.ts';
import type { Asked } from '../asked.ts';
import type { PublishedExport, StagedExport } from '../../machines/publishing/exporter.machine.ts';

export interface ExportDeps extends PublicFile {
  readonly asked: Asked<PublishedExport>;
  /** Streams the listing from one consistent read. */
  readonly read: (sink: ChunkSink, signal: AbortSignal) => Promise<ExportCount>;
}

/** The two I/O steps of an exporter. The staged file waits in this closure between them. */
export function exportLogics(deps: ExportDeps) {
  let staged: StagedFile<ExportCount> | null = null;
  let token = 0;
  let reading: Promise<unknown> = Promise.resolve();

  const discard = async () => {
    await staged?.discard();
    staged = null;
  };

  const stage = fromPromise<StagedExport>(async ({ signal }) => {
    deps.asked.begin();
    await discard();
    // Stopped meanwhile, it has promised to leave the database alone.
    signal.throwIfAborted();
    const producing = deps.stageFile((write) => deps.read(write, signal), signal);
    reading = producing.catch((error: unknown) => {
      // Interrupted, it is begun again.
      if (!signal.aborted) deps.asked.failed(error);
    });
    const file = await producing;
    staged = file;
    if (signal.aborted) await discard();
    token += 1;
    return { token, ...file.result };
  });

  const publish = fromPromise<PublishedExport, StagedExport>(async ({ input }) => {
    const file = staged;
    if (file === null || input.token !== token) throw new Error('the staged export is gone');
    staged = null;
    try {
      const published = { ...(await file.commit()), ...file.result };
      deps.asked.done(published);
      return published;
    } catch (error) {
      deps.asked.failed(error);
      throw error;
    }
  });

  return {
    stage,
    publish,
    discard,
    /** Resolves when the database is not read any more, not even by an export that was stopped. */
    readEnded: (): Promise<unknown> => reading,
  };
}
