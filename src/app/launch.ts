import type { System } from '../actors/system.ts';
import type { Bootstrap } from './bootstrap.ts';
import { offerControl } from './control/serve.ts';
import { assemble } from './daemon.ts';
import { serveHttp } from './http/http.ts';
import { keepHeard, readHeard, tellDays } from './heard.ts';
import { claimInstance, keepPidFile } from './instance.ts';
import { answeringFor } from './ports/api.ts';
import { tellHealth } from './ports/broker.ts';
import { leaseOf } from './ports/cluster.ts';
import { openRelay, relayFeed } from './ports/feed.ts';
import { createStore } from './ports/store.ts';
import { offerJobs } from './offered-jobs.ts';
import type { About } from './http/telling.ts';
import { version } from './version.ts';

/** What downloads that still run may take when the daemon has ended in order. */
const HTTP_GRACE_MS = 2_000;

/** A daemon on its feed, its database and its HTTP address; its system is not started yet. */
export interface Launched {
  readonly about: About;
  readonly system: System;
  /** Where it answers over HTTP; null: nowhere. */
  readonly url: string | null;
  /**
   * When the system has ended; gives the data directory free.
   * @param inOrder downloads that run may end
   */
  readonly close: (inOrder: boolean) => Promise<void>;
  /** The configuration has been read again. */
  readonly reconfigure: () => Promise<void>;
}

/** @throws AppError when somebody else works here, or HTTP or the relay cannot listen */
export async function launch(base: Bootstrap, update: boolean): Promise<Launched> {
  const { log, paths } = base;
  const instance = await claimInstance(base);
  let pidFile: ReturnType<typeof keepPidFile> | undefined;
  let listening: ReturnType<typeof keepHeard> | undefined;
  let relay: Awaited<ReturnType<typeof openRelay>> = null;
  const release = () => {
    relay?.close();
    pidFile?.release();
    instance.release();
  };
  try {
    pidFile = keepPidFile(base);
    const relayed = (relay = await openRelay(base));
    const { heardFile, replayedFile } = base.paths;
    const heard = await readHeard(heardFile);
    const about: About = {
      ...{ version: version(), startedAtMs: Date.now(), update },
      relay: relayed && (() => relayed.counts()),
      days: () => tellDays(heard, replayedFile, base.now.ms),
    };
    listening = keepHeard(heard, heardFile, relayFeed(base, relayed), log);
    const { feed } = listening;
    const stopKeeping = listening.close;
    log.info(
      { version: about.version, feed: feed.description },
      `tradedangerous-listener ${about.version}, feed ${feed.description}`,
    );
    const lease = await leaseOf(base);
    const tokens = await createStore(base, false, lease);
    const answering = await answeringFor(base, tokens);
    const assembled = await assemble(base, feed, {
      update,
      store: answering.store,
      follows: true,
      cluster: lease && { lease, state: tokens },
    });
    const areJournalsRead = paths.journalDirs.length > 0 || base.config.remoteJournals;
    const journals = areJournalsRead ? await followed(base) : null;
    const colonisation = journals?.watchers ?? null;
    const jobs = offerJobs(base, assembled, tokens);
    const http = await serveHttp(base, assembled, { about, api: answering.api, colonisation, tokens, jobs });
    journals?.watchers.start();
    const control = await offerControl(base, assembled, {
      ...{ about, store: tokens, jobs },
      reloadJournals: journals && (() => journals.watchers.reload()),
    });
    const health = await tellHealth(base, about.version, () => ({
      role: 'daemon',
      state: assembled.status.phase(),
      notReady: assembled.status.notReady(),
    }));
    const system: System = {
      ...assembled,
      stop() {
        control.stop();
        assembled.stop();
      },
    };
    return {
      about,
      system,
      url: http?.url ?? null,
      reconfigure: answering.reconfigure,
      async close(inOrder) {
        await control.close();
        await http?.close(inOrder ? HTTP_GRACE_MS : 0);
        await journals?.close();
        await health?.close();
        await answering.close();
        await stopKeeping();
        release();
      },
    };
  } catch (error) {
    await listening?.close();
    release();
    throw error;
  }
}

/** Loaded only where there are folders to follow, or others send theirs. Null: what they tell could not be kept. */
async function followed(base: Bootstrap) {
  if (base.config.ownTables) return (await import('./ports/journals.ts')).followJournals(base);
  base.log.warn({}, 'journals: not read, for own_tables is false: there is nowhere to keep what they tell');
  return null;
}
