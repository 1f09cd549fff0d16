import { historianMachine } from '../../machines/publishing/historian.machine.ts';
import type { HistoryDay } from '../../domain/ports/publishing/history.ts';
import type { Child, Parts } from '../child.ts';
import { HistorianReporter } from './reporter.ts';
import { historianLogics } from './steps.ts';

/** The history of prices, where one is kept. */
export function createHistorian(
  parts: Parts,
): Child & { readonly historyDays: () => readonly HistoryDay[] | null } {
  const { historian: ports, log, random, time } = parts;
  const input = { ...parts.settings().historian, enabled: ports !== null, random };
  if (ports === null) return { machine: historianMachine, input, historyDays: () => null };
  const reporter = new HistorianReporter(log);
  const { logics, days, dispose } = historianLogics({ ...ports, time });
  return {
    machine: historianMachine.provide({
      actors: logics,
      actions: {
        reportFollowed: () => reporter.followed(days()),
        reportClosed: ({ context }) => reporter.closed(context.closed),
        reportFailure: ({ context }) => reporter.failed(context),
      },
    }),
    input,
    dispose,
    historyDays: days,
  };
}
