import { fromPromise } from 'xstate';
import type { ChunkSink, ExportCount } from '../../domain/ports/market-store.ts';
import type { PublishedExport, StagedExport } from '../../machines/exporter.machine.ts';

/** A file written whole beside its target; exactly one of the two ends it. */
export interface StagedFile<Result> {
  readonly result: Result;
  /** Makes it the public file; the target keeps its modification time when the bytes are the same. */
  commit(): Promise<{ readonly bytes: number; readonly changed: boolean }>;
  discard(): Promise<void>;
}

export interface ExportDeps {
  /** Streams the listing from one consistent read. */
  readonly read: (sink: ChunkSink, signal: AbortSignal) => Promise<ExportCount>;
  readonly stageFile: <Result>(
    produce: (write: ChunkSink) => Promise<Result>,
    signal: AbortSignal,
  ) => Promise<StagedFile<Result>>;
  /** Whether a file is there already: then an empty listing replaces it, else there is nothing to publish yet. */
  readonly exists: () => Promise<boolean>;
}

/** The two I/O steps of an exporter. The staged file waits in this closure between them. */
export function exportLogics({ read, stageFile, exists }: ExportDeps) {
  let staged: StagedFile<ExportCount> | null = null;
  let token = 0;
  let reading: Promise<unknown> = Promise.resolve();

  const discard = async () => {
    await staged?.discard();
    staged = null;
  };

  const stage = fromPromise<StagedExport | null>(async ({ signal }) => {
    await discard();
    // Stopped meanwhile, it has promised to leave the database alone.
    signal.throwIfAborted();
    const producing = stageFile((write) => read(write, signal), signal);
    reading = producing.catch(() => undefined);
    const file = await producing;
    if (signal.aborted || (file.result.rows === 0 && !(await exists()))) {
      await file.discard();
      return null;
    }
    staged = file;
    token += 1;
    return { token, ...file.result };
  });

  const publish = fromPromise<PublishedExport, StagedExport>(async ({ input }) => {
    const file = staged;
    if (file === null || input.token !== token) throw new Error('the staged export is gone');
    staged = null;
    return { ...(await file.commit()), ...file.result };
  });

  return {
    stage,
    publish,
    discard,
    /** Resolves when the database is not read any more, not even by an export that was stopped. */
    settled: (): Promise<unknown> => reading,
  };
}
