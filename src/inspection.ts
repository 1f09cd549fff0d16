import type { System } from './actors/system.ts';
import type { Inspection } from './domain/ports/inspection.ts';
import { describeError } from './domain/errors.ts';
import type { Log } from './domain/ports/log.ts';
import type { InspectorServer } from './infra/inspector/server.ts';

export const DEFAULT_PORT = 8391;

/** The state inspector of a running daemon. While detached nothing of it is loaded or observed. */
interface InspectorSwitch {
  attach(): Promise<void>;
  detach(): Promise<void>;
  toggle(): Promise<void>;
}

/**
 * SIGUSR2 attaches the inspector to the daemon, and detaches it.
 * @param port attaches it now, there
 * @returns ends it
 */
export async function offerInspector(
  system: System,
  log: Log,
  port: number | null,
): Promise<{ close: () => Promise<void> }> {
  const inspector = inspectorSwitch(system, log, port ?? DEFAULT_PORT);
  const onSignal = () => void inspector.toggle();
  process.on('SIGUSR2', onSignal);
  if (port !== null) await inspector.attach();
  return {
    close: async () => {
      process.off('SIGUSR2', onSignal);
      await inspector.detach();
    },
  };
}

/**
 * @param port on the loopback interface; any other if it is taken
 * Trouble is told in the log: the inspector is never a reason for the daemon to end.
 */
function inspectorSwitch(system: System, log: Log, port: number): InspectorSwitch {
  let attached: { inspection: Inspection; server: InspectorServer } | null = null;
  let last: Promise<void> = Promise.resolve();

  async function attach(): Promise<void> {
    if (attached !== null) return;
    // Before anything is awaited, so that nothing is missed.
    const inspection = system.inspect();
    try {
      const [{ createInspectorServer }, { MACHINES }, { toChart }] = await Promise.all([
        import('./infra/inspector/server.ts'),
        import('./machines/graph.ts'),
        import('./machines/chart.ts'),
      ]);
      const charts = MACHINES.map(toChart);
      const onDetach = () => void control.detach();
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
  const control: InspectorSwitch = {
    attach: () => inTurn(attach),
    detach: () => inTurn(detach),
    toggle: () => inTurn(() => (attached === null ? attach() : detach())),
  };
  return control;
}
