import type { HttpApp, Routes } from '../../infra/http/app.ts';
import { AppError, describeError, EXIT } from '../../domain/errors.ts';
import { accessRoutes } from '../../infra/http/routes/access.ts';
import { healthRoutes } from '../../infra/http/routes/health.ts';
import { metricsRoutes } from '../../infra/http/routes/metrics.ts';
import { refuse } from '../../infra/http/app.ts';
import { servingLimits } from '../../infra/http/limits.ts';
import { readAgain, type Bootstrap } from '../bootstrap.ts';
import { listenWith } from '../http/http.ts';
import { answeringWith } from '../ports/api.ts';
import { followBroker, tellHealth } from '../ports/broker.ts';
import { commoditySource, knownCommodities } from '../ports/catalogue.ts';
import { apisOf } from '../ports/routes.ts';
import { begunElsewhere, createQueries, createStore } from '../ports/store.ts';
import { version } from '../version.ts';
import { ServingStatus } from './status.ts';

/** What open answers may take at the end. */
const GRACE_MS = 2_000;

type ListenAddress = NonNullable<Bootstrap['config']['httpListen']>;

export interface Serving {
  readonly url: string;
  /** The configuration has been read again. */
  readonly reconfigure: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Answers questions, tells what changes and shows the pages, and does nothing else: as many processes as one likes, beside
 * daemons that write. It reads a replica where there is one.
 * @param address null: that of the configuration
 * @throws AppError where nothing can be served
 */
export async function serve(base: Bootstrap, address: ListenAddress | null): Promise<Serving> {
  const { config, log } = base;
  const listenAt = address ?? config.httpListen;
  if (listenAt === null || !config.api) {
    throw new AppError('usage', 'there is nothing to serve: api is false, or http_listen is null', {
      advice: 'set "api": true, and say where with --listen HOST:PORT',
    });
  }
  const queries = await createQueries(base, true);
  const store = await createStore(base, true);
  const commodities = await knownCommodities(commoditySource(base));
  const limits = servingLimits();
  const answering = await answeringWith(base, {
    ...{ queries, store, changeStore: begunElsewhere(queries), commodities: () => commodities },
    ...{ keeps: false, mostListeners: limits.listeners },
  });
  const status = new ServingStatus({ queries, listeners: answering.listeners, version: version() });
  const close: (() => Promise<unknown>)[] = [
    () => answering.close(),
    () => store.close(),
    () => {
      status.close();
      return Promise.resolve();
    },
  ];
  const offered = { ...NOTHING_KEPT, history: answering.api.history !== undefined };
  try {
    const routes: Routes[] = [
      ...(await apisOf({ ...answering.api, version: version(), phase: () => status.phase })),
      (app) => accessRoutes(app, { tokens: () => store.tokens(), offered }),
      (app) => healthRoutes(app, status),
      (app) => metricsRoutes(app, status),
      (app) => statusRefused(app),
    ];
    const server = await listenWith(base, listenAt, routes, store, limits);
    close.unshift(() => server.close(GRACE_MS));
    const follower = await followBroker(base, answering.poke);
    if (follower !== null) close.unshift(() => follower.close());
    const health = await tellHealth(base, version(), () => ({
      ...{ role: 'serve', state: status.phase, notReady: status.notReady() },
    }));
    if (health !== null) close.push(() => health.close());
    log.info({ url: server.url, version: version() }, `http: ${server.url}/ (API, push and pages only)`);
    return {
      url: server.url,
      reconfigure: answering.reconfigure,
      async close() {
        status.stopping();
        for (const each of close) await each();
      },
    };
  } catch (error) {
    for (const each of close) await each();
    throw error;
  }
}

/** What takes a token is a daemon's. */
const NOTHING_KEPT = { tours: false, colonisation: 'off', jobs: false, status: false } as const;

function statusRefused(app: HttpApp): void {
  app.get('/status', (_, reply) => refuse(reply, 404, 'this process only serves: ask a daemon how it is'));
}

/** Until SIGINT or SIGTERM; SIGHUP has the configuration read again. @returns the exit code */
export async function runServing(serving: Serving, base: Bootstrap): Promise<number> {
  const ended = Promise.withResolvers<number>();
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    base.log.info({ signal }, `${signal}: stopping`);
    if (isStopping) ended.resolve(EXIT.failure);
    isStopping = true;
    void serving.close().then(
      () => ended.resolve(EXIT.ok),
      (error: unknown) => {
        base.log.error({}, describeError(error));
        ended.resolve(EXIT.failure);
      },
    );
  };
  const onHangup = () => {
    base.log.reopen();
    void readAgain(base, serving.reconfigure);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onHangup);
  const code = await ended.promise;
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onHangup);
  return code;
}
