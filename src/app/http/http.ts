import type { System } from '../../actors/system.ts';
import type { HttpServer } from '../../infra/http/server.ts';
import type { Bootstrap } from '../bootstrap.ts';
import type { Served } from '../ports/routes.ts';

/**
 * Serves a system's published files and what it tells of itself, from before it starts until after it has ended.
 * @returns null: `http_listen` is null
 * @throws AppError `config.httpListen`
 */
export async function serveHttp(base: Bootstrap, system: System, about: Served): Promise<HttpServer | null> {
  const { config, log } = base;
  if (config.httpListen === null) return null;
  const [{ createHttpApp }, { addGuard }, { listen }, { routesOf }] = await Promise.all([
    import('../../infra/http/app.ts'),
    import('../../infra/http/guard.ts'),
    import('../../infra/http/server.ts'),
    import('../ports/routes.ts'),
  ]);
  const routes = await routesOf(base, system, about);
  const guard = {
    tokens: () => about.tokens.tokens(),
    names: [config.httpListen.host.toLowerCase(), ...config.httpNames],
    log,
  };
  const app = await createHttpApp(log, routes, { guard: (scope) => addGuard(scope, guard) });
  const server = await listen(app, config.httpListen);
  const page = config.api ? '/ (open it in a browser)' : '';
  log.info({ url: server.url }, `http: ${server.url}${page}`);
  return server;
}
