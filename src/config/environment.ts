import { z } from 'zod';
import { count, duration, evaluate, fromText, type ConfigProblem, type Table, type Values } from './table.ts';

/** A snapshot of `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

const SWITCH: Readonly<Record<string, boolean>> = { '1': true, true: true, '0': false, false: false };

/** The value of a variable. One that is empty or blank counts as unset. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

/** Variables with a value to check. Those that name a file or directory are read in `paths.ts`, `database.ts`. */
export const VARIABLES = {
  TDL_LISTENER_LOCK_TIMEOUT_SECONDS: {
    field: 'lockTimeoutMs',
    fallback: '0.2',
    schema: fromText(duration('seconds', 0, 60)),
    about: 'How long one attempt waits for the advisory lock of a station.',
  },
  TDL_LISTENER_LOCK_MAX_RETRIES: {
    field: 'lockMaxRetries',
    fallback: '4',
    schema: fromText(count(1, 100)),
    about: 'Attempts to get the lock, the first included, before the station is deferred.',
  },
  TDL_LISTENER_LOCK_BACKOFF_START_SECONDS: {
    field: 'lockBackoffStartMs',
    fallback: '0.05',
    schema: fromText(duration('seconds', 0, 60)),
    about: 'Wait after the first attempt; doubles with each further one.',
  },
  TDL_REFRESH_QUICK_TEST: {
    field: 'refreshQuickTest',
    fallback: '0',
    schema: z
      .string()
      .toLowerCase()
      .refine((text) => Object.hasOwn(SWITCH, text))
      .transform((text) => SWITCH[text] === true)
      .describe('1, 0, true or false'),
    about: 'For tests: no Spansh; only the catalogue is refreshed, once.',
  },
  TDL_REFRESH_QUICK_TEST_DELAY_SECONDS: {
    field: 'refreshQuickTestDelayMs',
    fallback: '2',
    schema: fromText(duration('seconds', 0, 86_400)),
    about: 'For tests: when that refresh happens, after the start.',
  },
  TDL_TEST_FORCE_DEFER_EVERY_N: {
    field: 'testForceDeferEveryN',
    fallback: '0',
    schema: fromText(count(0, 1_000_000_000)),
    about: 'For tests: every n-th station is deferred as if its lock were held; 0 = none.',
  },
} as const satisfies Table;

/** Reads the checked variables. */
export function readEnvironment(env: Environment): {
  values: Values<typeof VARIABLES>;
  problems: ConfigProblem[];
} {
  const set: Record<string, string> = {};
  for (const name of Object.keys(VARIABLES)) {
    const value = variable(env, name);
    if (value !== undefined) set[name] = value;
  }
  return evaluate(VARIABLES, set, 'environment');
}
