import { Readable } from 'node:stream';
import type { z } from 'zod';
import type { Hub } from '../../actors/subscription/hub.ts';
import { AppError } from '../../domain/errors.ts';
import type { Queries } from '../../domain/ports/store/queries.ts';
import type { foundStation, offer, market } from '../../infra/http/api/answers.ts';
import type { Routes } from '../../infra/http/app.ts';
import type { SiteAnswer, WholeSiteAnswer } from '../../infra/http/routes/colonisation/answers.ts';
import type { SupplyPlanAnswer } from '../../infra/http/routes/colonisation/plan.ts';
import type { ShoppingAnswer } from '../../infra/http/routes/colonisation/shopping.ts';
import type { Colonisation } from '../../domain/ports/commanders/colonisation.ts';
import type { TourPlanAnswer } from '../../infra/http/routes/v1/tours.ts';
import type { ApiSource } from '../ports/api.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { realTime } from '../../infra/process/real-time.ts';
import { commoditySource, knownCommodities } from '../ports/catalogue.ts';
import { begunElsewhere, createQueries } from '../ports/store.ts';

/** A page of a list, as the API answers it. */
export interface ListAnswer<Entry> {
  readonly at: string;
  readonly total: number;
  readonly entries: readonly Entry[];
}
export type FoundStation = z.output<typeof foundStation>;
export type Offer = z.output<typeof offer>;
export type Market = z.output<typeof market> & { readonly at: string };

export type TourPlan = TourPlanAnswer;
export type { ShoppingAnswer, SiteAnswer, SupplyPlanAnswer, WholeSiteAnswer };

/** Asks what the API answers at a path below its address. @throws AppError that says why there is no answer */
export type Ask = <Answer>(path: string, query?: Readonly<Record<string, string>>) => Promise<Answer>;

/** An answer that goes on: server-sent events, or why there are none. */
interface Listened {
  readonly status: number;
  readonly body: ReadableStream<Uint8Array>;
}

/** Listens to what changes, as the API's `/stream` tells it. @param lastId of the last event that was told */
export type Listen = (
  query: Readonly<Record<string, string>>,
  lastId: string | null,
  signal: AbortSignal,
) => Promise<Listened>;

/** What a refusal may have beside its reason. */
interface Refused {
  readonly error: string;
  /** Systems of one name. */
  readonly candidates?: readonly { readonly systemId: string; readonly name: string }[];
}

/**
 * Answers the API's questions in this process, from the database that the settings name.
 * @param colonisation what journals have told; null: nothing is asked about it
 */
export async function withQuestions<T>(
  base: Bootstrap,
  work: (ask: Ask, listen: Listen) => Promise<T>,
  colonisation: Colonisation | null = null,
): Promise<T> {
  const { createHttpApp } = await import('../../infra/http/app.ts');
  const { apiRoutes } = await import('../../infra/http/routes/v1/api.ts');
  const { createTourPlanner } = await import('../../infra/tours/planner.ts');
  const queries = await createQueries(base);
  const commodities = await knownCommodities(commoditySource(base));
  const planner = createTourPlanner();
  const push = async () => {
    const { Hub } = await import('../../actors/subscription/hub.ts');
    return (hub ??= new Hub({ store: begunElsewhere(queries), queries, time: realTime }));
  };
  let hub: Hub | undefined;
  const options: Omit<ApiSource, 'kept'> & { readonly version: string } = {
    ...{ push, queries, commodities: () => commodities, now: () => Date.now() },
    ...{ planner, travelTimes: base.config.tourTimes, questionsPerMinute: null, version: '' },
  };
  const routes: Routes[] = [(scope) => apiRoutes(scope, options)];
  if (colonisation !== null) {
    const { colonisationRoutes } = await import('../../infra/http/routes/colonisation/colonisation.ts');
    routes.push((scope) => colonisationRoutes(scope, { ...options, colonisation, isPublic: true }));
  }
  const app = await createHttpApp(base.log, routes);
  try {
    return await work(
      async (path, query = {}) => {
        const answer = await app.inject({ url: `/api/v1${path}`, query: { ...query } });
        if (answer.statusCode === 200) return answer.json();
        throw refusal(answer.statusCode, answer.json());
      },
      async (query, lastId, signal) => {
        const answer = await app.inject({
          ...{ url: '/api/v1/stream', query: { ...query }, signal, payloadAsStream: true },
          headers: lastId === null ? {} : { 'last-event-id': lastId },
        });
        const body = Readable.toWeb(answer.stream()) as ReadableStream<Uint8Array>;
        return { status: answer.statusCode, body };
      },
    );
  } finally {
    await app.close();
    await planner.close();
    await queries.close();
  }
}

/** Work on the questions themselves; what the API would refuse is refused in its words. */
export async function withQueries<T>(base: Bootstrap, work: (queries: Queries) => Promise<T>): Promise<T> {
  const { ApiError } = await import('../../infra/http/api/errors.ts');
  const queries = await createQueries(base);
  try {
    return await work(queries);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw refusal(error.statusCode, { error: error.message, ...error.facts });
  } finally {
    await queries.close();
  }
}

/** The same of a daemon that runs. @param url of its HTTP server */
export function questionsTo(url: string): { readonly ask: Ask; readonly listen: Listen } {
  const get = async (path: string, query: Readonly<Record<string, string>>, options: RequestInit = {}) => {
    const response = await fetch(`${url}/api/v1${path}?${new URLSearchParams(query).toString()}`, options);
    return { status: response.status, body: response.body ?? new ReadableStream<Uint8Array>(), response };
  };
  return {
    async ask(path, query = {}) {
      const { status, response } = await get(path, query);
      if (status === 200) return response.json() as never;
      throw refusal(status, (await response.json()) as Refused);
    },
    listen: (query, lastId, signal) =>
      get('/stream', query, { signal, headers: lastId === null ? {} : { 'last-event-id': lastId } }),
  };
}

export function refusal(status: number, { error, candidates = [] }: Refused): AppError {
  const lines = candidates.map(({ systemId, name }) => `\n  ${systemId.padEnd(19)}  ${name}`);
  return new AppError(status < 500 ? 'usage' : 'unavailable', `${error}${lines.join('')}`);
}
