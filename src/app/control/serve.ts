import type { System } from '../../actors/system.ts';
import { describeError } from '../../domain/errors.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import { serveControl, type ControlServer } from '../../infra/control/server.ts';
import type { Bootstrap } from '../bootstrap.ts';
import type { About } from '../http/telling.ts';
import type { OfferedJobs } from '../offered-jobs.ts';
import { controlMethods, type ControlDeps } from './methods.ts';

/** What the daemon does for who asks from the command line. */
export interface Control {
  /** Jobs end their processes; nothing more is taken. */
  readonly stop: () => void;
  readonly close: () => Promise<void>;
}

/** A daemon without its socket is told of, and works. */
export async function offerControl(
  base: Bootstrap,
  system: System,
  {
    about,
    store,
    jobs,
    reloadJournals,
  }: {
    readonly about: About;
    readonly store: Pick<AggregateStore, 'aggregates'>;
    readonly jobs: OfferedJobs;
  } & Pick<ControlDeps, 'reloadJournals'>,
): Promise<Control> {
  const { log, paths } = base;
  let server: ControlServer | null = null;
  const methods = controlMethods({
    jobs: jobs.ask,
    status: async () => {
      const { tellingOf } = await import('../http/telling.ts');
      return tellingOf(base, system, about).status();
    },
    store,
    asking: system.asking,
    reloadJournals,
  });
  try {
    server = await serveControl(paths.controlSocket, methods, log);
  } catch (error) {
    log.warn({}, `control: ${describeError(error)}`);
  }
  jobs.goOn();
  return {
    stop: jobs.stop,
    async close() {
      jobs.stop();
      await server?.close();
      await jobs.close();
    },
  };
}
