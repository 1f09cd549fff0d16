import { StoreError } from '../../domain/errors.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { questionsTo, withQuestions, type Ask, type Listen } from '../http/questions.ts';
import { reachableUrl, whoWorks } from '../instance.ts';
import { createQueries } from '../ports/store.ts';
import { follow, type WatchHandlers } from './follow.ts';
import { watchRelay, type WatchRequest } from './relay-watch.ts';

export type { ToldMarket, ToldRow, ToldUpdate } from '../../infra/http/push/told.ts';
export type { ToldEvent } from '../../infra/http/push/event-client.ts';
export type { WatchHandlers, WatchRequest };

export interface WatchSource {
  /** For people. */
  readonly description: string;
  /** Tells what changes until the signal. @throws AppError `usage`: what is asked for makes no sense */
  readonly watch: (request: WatchRequest, handlers: WatchHandlers, signal: AbortSignal) => Promise<void>;
}

/** A log in which somebody has written this lately is still written. */
const WRITTEN_LATELY_S = 600;

/**
 * Who tells what changes: the daemon that works on the data directory; or the change log of its database, where the
 * daemon cannot be asked, and where another machine's daemon writes it; else the relay, as a daemon would listen to it.
 * @param marketId finds the id of a market by what somebody calls it
 */
export async function watchSource(
  base: Bootstrap,
  marketId: (ask: Ask, text: string) => Promise<string>,
): Promise<WatchSource> {
  const { daemon } = await whoWorks(base);
  const { api, httpListen } = base.config;
  // Of port 0 nobody knows which one it has become.
  const url = api && httpListen?.port !== 0 ? reachableUrl(httpListen) : null;
  const listening =
    ({ ask, listen }: { readonly ask: Ask; readonly listen: Listen }): WatchSource['watch'] =>
    async (request, handlers, signal) =>
      follow(listen, await queryOf(request, (text) => marketId(ask, text)), handlers, signal);

  if (daemon !== null && url !== null) {
    return { description: `the daemon at ${url}`, watch: listening(questionsTo(url)) };
  }
  if (daemon !== null || (await isWrittenElsewhere(base))) {
    return {
      description: 'the change log of the database',
      watch: (...told) => withQuestions(base, (ask, listen) => listening({ ask, listen })(...told)),
    };
  }
  return {
    description: `${base.config.eddnUrl}, for no daemon works here`,
    watch: (request, handlers, signal) => watchRelay(base, request, handlers, signal),
  };
}

async function queryOf(
  { market, commodity, near, within }: WatchRequest,
  marketId: (text: string) => Promise<string>,
) {
  return {
    ...(market !== undefined && { markets: await marketId(market) }),
    ...(commodity !== undefined && { commodities: commodity }),
    ...(near !== undefined && { near }),
    ...(within !== undefined && { within: String(within) }),
  };
}

async function isWrittenElsewhere(base: Bootstrap): Promise<boolean> {
  // Nobody else writes into a file of ours.
  if (base.database.backend === 'sqlite') return false;
  const queries = await createQueries(base);
  try {
    const { lastSeq = 0 } = (await queries.changesSince(0, 1)) ?? {};
    const [newest] = (await queries.changesSince(lastSeq - 1, 1))?.changes ?? [];
    return newest !== undefined && Date.now() / 1000 - newest.writtenAtS < WRITTEN_LATELY_S;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  } finally {
    await queries.close();
  }
}
