import { beforeEach, expect } from 'vitest';
import { Hub } from '../../src/actors/subscription/hub.ts';
import { NamedWatches } from '../../src/actors/subscription/named.ts';
import type { Token } from '../../src/domain/access.ts';
import { ColonisationBook } from '../../src/domain/colonisation/book/book.ts';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import type { Snapshot } from '../../src/domain/market/snapshot.ts';
import type { WholeStore } from '../../src/domain/ports/store/store.ts';
import type { HttpApp } from '../../src/infra/http/app.ts';
import { buildNeeds } from '../../src/infra/http/push/builds.ts';
import { subscriptionRoutes } from '../../src/infra/http/routes/subscriptions.ts';
import { hashToken } from '../../src/infra/http/token.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { realTime } from '../../src/infra/process/real-time.ts';
import { EventReader } from '../support/event-reader.ts';
import { ask, startHttp } from '../support/http.ts';
import { until } from '../support/until.ts';
import {
  COMMODITIES,
  NOON_S,
  snapshot,
  useWorld,
  type CreateDatabase,
  type Row,
  type World,
} from './store-world.ts';

const KEPT = { keepS: 86_400, keepEntries: 100_000 };

export interface ToldMarket {
  readonly marketId: number;
  readonly isWhole?: boolean;
  readonly rows: readonly ({ readonly commodityId: number } & Record<string, unknown>)[];
}

/** Of a subscription, or of a refusal. */
type Told = Readonly<Record<string, unknown>>;

const TOKEN = 'tdl_of-bob';
const OWNER: Token = { name: 'bob', scopes: ['subscriptions'], hash: hashToken(TOKEN), madeAtS: 0 };
export const MEMBERS_TOKEN = 'tdl_of-eve';
const MEMBER: Token = {
  ...{ name: 'eve', scopes: ['subscriptions', 'journal'], hash: hashToken(MEMBERS_TOKEN), madeAtS: 0 },
};

interface Changes {
  readonly position: string;
  readonly begin: boolean;
  readonly changes: readonly { readonly kind: string; readonly id: string; readonly seq: number }[];
}

/** A database, a hub on it, and a server that tells. */
export class PushWorld {
  readonly world: () => World;
  store!: WholeStore;
  hub!: Hub;
  named!: NamedWatches;
  /** Of the daemon that serves. */
  phase: 'starting' | 'running' | 'stopping' = 'running';
  /** What journals have told; whoever tells more calls {@link told}. */
  readonly book = new ColonisationBook();
  told: () => void = () => undefined;
  #base = '';
  readonly #readers: EventReader[] = [];

  constructor(create: CreateDatabase) {
    this.world = useWorld(create);
    beforeEach(async () => {
      await this.serve();
      return () => {
        for (const reader of this.#readers.splice(0)) reader.close();
        this.hub.close();
      };
    });
  }

  /** @param speed how many times faster the hub's clock is */
  async serve(speed = 1): Promise<void> {
    const { db } = this.world();
    const store = (this.store = db.store('auto', { changeLog: KEPT }));
    await store.useCatalogue(COMMODITIES);
    const queries = db.queries();
    const time = { ...realTime, setTimeout: (run: () => void, ms: number) => setTimeout(run, ms / speed) };
    const hub = (this.hub = new Hub({ store, queries, time }));
    const named = (this.named = new NamedWatches({ store, time }));
    const options = {
      ...{ queries, commodities: () => COMMODITIES, now: () => (NOON_S + 3_600) * 1_000 },
      ...{ questionsPerMinute: null, version: '1.2.3', push: () => Promise.resolve(hub) },
      ...{ planner: createTourPlanner(), travelTimes: TRAVEL_TIMES },
    };
    const listeners = new Set<() => void>();
    this.told = () => listeners.forEach((listener) => listener());
    const builds = buildNeeds({
      ...{ ...options, isPublic: false },
      colonisation: {
        sites: () => [...this.book.sites.values()],
        carriers: () => this.book.carriers,
        commanders: () => [...this.book.commanders.values()],
        watchers: () => [],
        senders: () => [],
        onChange: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
    });
    const routes = [
      (app: HttpApp) => apiRoutes(app, { ...options, named, builds }),
      (app: HttpApp) => subscriptionRoutes(app, { ...options, named, builds, phase: () => this.phase }),
    ];
    const tokens = () => Promise.resolve([OWNER, MEMBER]);
    this.#base = `${(await startHttp(routes, { guard: { tokens, names: [] } })).url}/api/v1`;
  }

  readonly open = async (
    query: string,
    lastId: string | null = null,
    token: string | null = null,
  ): Promise<EventReader> => {
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const reader = await EventReader.open(`${this.#base}/stream${query}`, lastId, headers);
    this.#readers.push(reader);
    return reader;
  };

  /** @returns status and body */
  readonly talk = async (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body: unknown = null,
    token = TOKEN,
  ): Promise<readonly [status: number, body: Told]> => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await ask(
      `${this.#base}/subscriptions${path}`,
      body === null ? headers : { ...headers, 'content-type': 'application/json' },
      method,
      body === null ? null : JSON.stringify(body),
    );
    return [answer.status, JSON.parse(answer.bytes.toString()) as Told];
  };

  readonly write = async (
    rows: readonly Row[],
    fields: Partial<Snapshot> & { at?: number } = {},
  ): Promise<void> => {
    const outcomes = await this.store.writeMarkets([snapshot(rows, fields)]);
    expect(outcomes).toMatchObject([{ status: 'written' }]);
    this.hub.poke();
  };

  readonly changes = async (query: string) =>
    JSON.parse((await ask(`${this.#base}/changes${query}`)).bytes.toString()) as Changes;
}

export const count = (reader: EventReader, events: number) => until(() => reader.events.length >= events);

export const told = ({ data }: { readonly data: Record<string, unknown> }) => data as unknown as ToldMarket;
