import { AppError } from '../../../domain/errors.ts';
import { moduleBeside } from '../../threads/module-beside.ts';
import { openThread } from '../../threads/rpc.ts';
import type { StagedTwins, TwinsMethods, TwinsRequest } from './twins.worker.ts';

/**
 * Compresses a text in a thread of its own, and hands it over while nothing is public yet.
 * @param use its `commit` makes all of them public; without it nothing is left
 * @throws AppError, the signal's reason, what `use` throws
 */
export async function withTwins<T>(
  request: TwinsRequest,
  signal: AbortSignal,
  use: (twins: StagedTwins & { readonly commit: () => Promise<void> }) => Promise<T>,
): Promise<T> {
  const thread = openThread<TwinsMethods>(moduleBeside(import.meta.url, './twins.worker'), {
    crashError: (cause) =>
      new AppError('thread', `the thread that compresses ${request.source} ended unexpectedly`, { cause }),
  });
  try {
    const staged = await thread.call('stage', request, { signal });
    return await use({ ...staged, commit: () => thread.call('commit', undefined) });
  } finally {
    await thread.close();
  }
}
