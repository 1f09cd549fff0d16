import { version } from '../app/version.ts';
import { describeLast, exitCodeOf } from '../domain/errors.ts';
import { parseArguments, type Command } from './arguments.ts';

interface Verb<V extends Command['verb']> {
  /** @returns the exit code */
  readonly run: (command: Extract<Command, { verb: V }>) => Promise<number>;
}

/** A file a verb. Only that of the verb that was asked for is loaded. */
const VERBS: { readonly [V in Command['verb']]: () => Promise<Verb<V>> } = {
  daemon: () => import('./daemon/daemon.ts'),
  stats: () => import('./database/stats.ts'),
  export: () => import('./database/export.ts'),
  import: () => import('./database/import.ts'),
  publish: () => import('./database/publish.ts'),
  purge: () => import('./database/purge.ts'),
  maintain: () => import('./database/maintain.ts'),
  backfill: () => import('./feed/backfill.ts'),
  replay: () => import('./feed/replay.ts'),
  sample: () => import('./feed/sample.ts'),
  serve: () => import('./daemon/serve.ts'),
  status: () => import('./daemon/status.ts'),
  yield: () => import('./daemon/yield.ts'),
  'check-config': () => import('./daemon/check-config.ts'),
  find: () => import('./questions/find.ts'),
  stale: () => import('./questions/stale.ts'),
  market: () => import('./questions/market.ts'),
  watch: () => import('./watch/watch.ts'),
  'token-add': () => import('./token/add.ts'),
  'token-list': () => import('./token/list.ts'),
  'token-remove': () => import('./token/remove.ts'),
  graph: () => import('./daemon/graph.ts'),
  'patrol-add': () => import('./patrol/add.ts'),
  'patrol-list': () => import('./patrol/list.ts'),
  'patrol-remove': () => import('./patrol/remove.ts'),
  'patrol-show': () => import('./patrol/show.ts'),
  'jobs-create': () => import('./jobs/create.ts'),
  'jobs-list': () => import('./jobs/list.ts'),
  'jobs-show': () => import('./jobs/show.ts'),
  'jobs-logs': () => import('./jobs/logs.ts'),
  'jobs-stop': () => import('./jobs/stop.ts'),
  'jobs-remove': () => import('./jobs/remove.ts'),
  'run-job': () => import('./jobs/run-job.ts'),
  'colonisation-list': () => import('./colonisation/list.ts'),
  'colonisation-show': () => import('./colonisation/show.ts'),
  'colonisation-shop': () => import('./colonisation/shop.ts'),
  'colonisation-plan': () => import('./colonisation/plan.ts'),
  'colonisation-reload': () => import('./colonisation/reload.ts'),
  'journal-send': () => import('./journal/send.ts'),
  'tour-calibrate': () => import('./tour/calibrate.ts'),
  'tour-list': () => import('./tour/list.ts'),
  'tour-plan': () => import('./tour/plan.ts'),
  'tour-show': () => import('./tour/show.ts'),
  'tour-withdraw': () => import('./tour/withdraw.ts'),
  completion: () => import('./completion/completion.ts'),
  say: () => import('./say.ts'),
};

/**
 * What the command line asks for, to its end. Trouble is told on standard error.
 * @returns the exit code
 */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const command = parseArguments(args, `tradedangerous-listener ${version()}`);
    const verb = (await VERBS[command.verb]()) as Verb<Command['verb']>;
    return await verb.run(command);
  } catch (error) {
    process.stderr.write(`${describeLast(error)}\n`);
    return exitCodeOf(error);
  }
}
