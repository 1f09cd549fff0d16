import type { System } from '../../actors/system.ts';
import type { Inspection } from '../../domain/ports/upkeep/inspection.ts';
import { describeError } from '../../domain/errors.ts';
import type { Log } from '../../domain/ports/log.ts';
import type { InspectorServer } from '../../infra/inspector/server.ts';

/** The state inspector of a running daemon. While detached nothing of it is loaded or observed. */
export interface InspectorSwitch {
  /** @param port on the loopback interface; any other if it is taken */
  attach(port: number): Promise<void>;
  /** Detaches, and is not to be attached again. */
  close: () => Promise<void>;
}

/**
 * The inspector can be attached from now on: here, or by SIGUSR2, which detaches it as well. Trouble is told in the
 * log: the inspector is never a reason for the daemon to end.
 * @param usualPort where SIGUSR2 attaches it
 */
export function offerInspector(system: System, log: Log, usualPort: number): InspectorSwitch {
  let attached: { inspection: Inspection; server: InspectorServer } | null = null;
  let last: Promise<void> = Promise.resolve();

  async function attach(port: number): Promise<void> {
    // Before anything is awaited, so that nothing is missed.
    const inspection = system.inspect();
    try {
      const [{ createInspectorServer }, { MACHINES }, { toChart }] = await Promise.all([
        import('../../infra/inspector/server.ts'),
        import('../../machines/machines.ts'),
        import('../../machines/chart.ts'),
      ]);
      const charts = MACHINES.map(toChart);
      const onDetach = () => void inTurn(detach);
      const server = await createInspectorServer({ inspection, charts, port, log, onDetach });
      attached = { inspection, server };
      log.info({ url: server.url }, `inspector: ${server.url} (on this machine only)`);
    } catch (error) {
      inspection.close();
      log.error({ error: describeError(error) }, `inspector not attached: ${describeError(error)}`);
    }
  }

  async function detach(): Promise<void> {
    if (attached === null) return;
    const { inspection, server } = attached;
    attached = null;
    inspection.close();
    await server.close();
    log.info({}, 'inspector: detached');
  }

  /** One after the other, however fast they are asked for. */
  const inTurn = (step: () => Promise<void>) => (last = last.then(step));
  const onSignal = () => void inTurn(() => (attached === null ? attach(usualPort) : detach()));
  process.on('SIGUSR2', onSignal);
  return {
    attach: (port) => inTurn(() => attach(port)),
    close: () => {
      process.off('SIGUSR2', onSignal);
      return inTurn(detach);
    },
  };
}
