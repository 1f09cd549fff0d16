import { readdir } from 'node:fs/promises';
import websocket from '@fastify/websocket';
import { z } from 'zod';
import { closeFinished } from '../../../../domain/colonisation/book/finished.ts';
import { lastSeen } from '../../../../domain/colonisation/book/commander.ts';
import { isOpen, siteState, type Site } from '../../../../domain/colonisation/book/site.ts';
import { journalsAmong } from '../../../../domain/journal/file-names.ts';
import { nameKey } from '../../../../domain/names.ts';
import type { Colonisation, Reloaded } from '../../../../domain/ports/commanders/colonisation.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { parse } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { addManners, answerStoreError, type ApiOptions } from '../../api/manners.ts';
import type { HttpApp } from '../../app.ts';
import { isStranger } from '../../asker.ts';
import { buildsAnswer, carrierAnswer, carrierStateAnswer, commoditiesAnswer, siteAnswer } from './answers.ts';
import { SiteChanges } from './changes.ts';
import { tellUpdates } from './updates.ts';

export interface AssistantDeps extends ApiDeps, Pick<ApiOptions, 'questionsPerMinute' | 'version'> {
  readonly colonisation: Colonisation;
  readonly reload: () => Promise<Reloaded>;
  /** Anybody is answered, without a token. */
  readonly isPublic: boolean;
}

const MAX_MESSAGE_BYTES = 64 * 1024;

const named = z.object({ name: z.string().max(128) });
const search = z.object({ q: z.string().min(1).max(128) });
const marketId = z.object({ marketId: z.coerce.number().int() });
const polling = z.object({
  since: z.coerce.number().int().min(0).default(0),
  timeout_s: z.coerce.number().gt(0).max(120).default(25),
});

/**
 * The API of EDColonisationAsst, so that its clients work by changing the base address: its names, shapes and 404s, and its
 * WebSocket under both spellings. docs/colonisation.md tells the differences.
 */
export function assistantRoutes(app: HttpApp, deps: AssistantDeps): void {
  const { colonisation, isPublic } = deps;
  const config = isPublic ? {} : ({ requires: 'journal' } as const);
  const nowS = () => Math.floor(deps.now() / 1000);
  const sites = () => closeFinished(deps.queries, colonisation.sites());
  const sitesIn = async (name: string) => {
    const there = colonisation
      .sites()
      .filter(({ place }) => nameKey(place?.systemName ?? '') === nameKey(name));
    return (await closeFinished(deps.queries, there)).toSorted(byName);
  };
  const systems = () =>
    [...new Set(colonisation.sites().flatMap(({ place }) => place?.systemName ?? []))].sort();
  const folders = () => colonisation.watchers().map(({ folder }) => folder);
  const position = () => lastSeen(colonisation.commanders())?.position ?? null;
  const carrierHere = () => {
    const station = position()?.station ?? null;
    if (station?.type !== 'FleetCarrier') return null;
    return colonisation.carriers().find(({ carrierId }) => carrierId === station.marketId) ?? null;
  };

  void app.register(async (scope) => {
    const changes = new SiteChanges(colonisation);
    scope.addHook('onClose', () => changes.close());
    await addManners(scope, deps);
    await scope.register(websocket, { options: { maxPayload: MAX_MESSAGE_BYTES } });
    scope.setErrorHandler<Error>((error, _request, reply) => {
      if (!(error instanceof ApiError)) return answerStoreError(error, reply);
      const { message } = error;
      // What makes no sense is a 422 there.
      const status = error.statusCode === 400 ? 422 : error.statusCode;
      return reply.code(status).send({ detail: message, error: message });
    });

    scope.get('/api/health', { config }, (request) => {
      const all = colonisation.watchers();
      return {
        status: 'healthy',
        ...{ version: deps.version, build_id: '', python_version: '' },
        // Paths are nobody's business.
        journal_directory: isStranger(request) ? '' : folders().join(', '),
        journal_accessible: all.some(({ state }) => state === 'scanning' || state === 'tailing'),
      };
    });
    scope.get('/api/systems', { config }, () => ({ systems: systems() }));
    scope.get('/api/systems/search', { config }, ({ query }) => {
      const { q } = parse(search, query);
      return { systems: systems().filter((name) => name.toLowerCase().includes(q.toLowerCase())) };
    });
    scope.get('/api/systems/current', { config }, () => {
      const { systemName = null, station = null } = position() ?? {};
      return { system_name: systemName, station_name: station?.name ?? null, is_docked: station !== null };
    });
    scope.get('/api/system', { config }, async ({ query }) => {
      const { name } = parse(named, query);
      const there = someOf(await sitesIn(name), name);
      return { system_name: there[0]?.place?.systemName ?? name, ...buildsAnswer(there) };
    });
    scope.get('/api/system/commodities', { config }, async ({ query }) => {
      const { name } = parse(named, query);
      return { commodities: commoditiesAnswer(someOf(await sitesIn(name), name).filter(isOpen)) };
    });
    scope.get('/api/sites', { config }, async () => {
      const all = (await sites()).toSorted(byName);
      return {
        in_progress_sites: all.filter(isOpen).map(siteAnswer),
        completed_sites: all.filter((site) => siteState(site) === 'complete').map(siteAnswer),
      };
    });
    scope.get('/api/sites/:marketId', { config }, async ({ params }) => {
      const { marketId: id } = parse(marketId, params);
      const [site] = await closeFinished(
        deps.queries,
        colonisation.sites().filter((each) => each.marketId === id),
      );
      if (site === undefined) throw new ApiError(404, `Construction site not found: ${id}`);
      return { site: siteAnswer(site) };
    });
    scope.get('/api/stats', { config }, async () => {
      const all = await sites();
      return {
        total_systems: systems().length,
        total_sites: all.length,
        in_progress_sites: all.filter(isOpen).length,
        completed_sites: all.filter((site) => siteState(site) === 'complete').length,
      };
    });
    scope.get('/api/journal/status', { config }, () => {
      const current = position()?.systemName ?? null;
      const files = colonisation.watchers().reduce((sum, each) => sum + (each.files ?? 0), 0);
      return current === null && files === 0
        ? { current_system: null, message: 'No journal files found.' }
        : { current_system: current };
    });
    scope.get('/api/carriers/current', { config }, () => {
      const carrier = carrierHere();
      return {
        docked_at_carrier: position()?.station?.type === 'FleetCarrier',
        carrier: carrier && carrierAnswer(carrier, nowS()),
      };
    });
    scope.get('/api/carriers/current/state', { config }, () => {
      const carrier = carrierHere();
      if (carrier === null) {
        throw new ApiError(404, 'Commander is not currently docked at a fleet carrier that is known');
      }
      return { carrier: carrierStateAnswer(carrier, nowS()) };
    });
    scope.get('/api/carriers/mine', { config }, () => {
      const all = colonisation.carriers();
      const of = (isSquadrons: boolean) =>
        all
          .filter(({ facts }) => (facts?.isSquadrons ?? false) === isSquadrons)
          .map((carrier) => carrierAnswer(carrier, nowS()));
      return { own_carriers: of(false), squadron_carriers: of(true) };
    });

    // Settings are never open to everybody.
    scope.get('/api/settings', { config: { requires: 'journal' } }, () => ({
      journal_directory: folders().join(', '),
      ...{ inara_api_key: null, inara_commander_name: null, prefer_local_for_commander_systems: true },
    }));
    scope.post('/api/settings', { config: { requires: 'operate' } }, () => {
      throw new ApiError(409, 'settings are not changed here: set journal_dirs in the configuration file');
    });
    scope.post('/api/debug/reload-journals', { config: { requires: 'operate' } }, async () => {
      const { lines } = await deps.reload();
      const files = await Promise.all(folders().map((folder) => readdir(folder).catch(() => [])));
      return {
        processed_files: files.flatMap(journalsAmong),
        total_events: lines,
        journal_directory: folders().join(', '),
      };
    });

    const listens = { ...config, listens: true } as const;
    scope.get('/api/changes/longpoll', { config: listens }, async ({ query, raw }) => {
      const { since, timeout_s: timeoutS } = parse(polling, query);
      // A number that was never told is of the daemon's life before.
      if (changes.seq === since) await nextChange(changes, timeoutS * 1_000, raw);
      return { seq: changes.seq, changed: changes.seq !== since };
    });
    const tellSystem = async (name: string) => buildsAnswer(await sitesIn(name));
    for (const path of ['/ws/colonization', '/ws/colonisation']) {
      scope.get(path, { websocket: true, config: { ...listens, ownPagesOnly: true } }, (socket) =>
        tellUpdates(socket, changes, tellSystem),
      );
    }
  });
}

function nextChange(changes: SiteChanges, timeoutMs: number, request: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      leave();
      request.off('close', end);
      resolve();
    };
    const timer = setTimeout(end, timeoutMs);
    const leave = changes.follow(end);
    request.on('close', end);
  });
}

/** @throws ApiError 404 */
function someOf(sites: readonly Site[], name: string): readonly Site[] {
  if (sites.length === 0) throw new ApiError(404, `No construction sites found in system: ${name}`);
  return sites;
}

function byName(a: Site, b: Site): number {
  const key = ({ place, marketId }: Site) => `${place?.systemName ?? ''} ${place?.name ?? ''} ${marketId}`;
  return key(a) < key(b) ? -1 : 1;
}
