import type { StagingRules } from '../domain/eddn/staging-rules.ts';
import { nearest } from '../domain/nearest.ts';
import { openConfigFile, readConfigFile } from './config-file.ts';
import { readEnvironment, variable, type Environment, type VARIABLES } from './environment.ts';
import { KEYS, ORDERED_KEYS } from './keys.ts';
import { resolvePath } from './paths.ts';
import { WHITELIST_KEYS, whitelistEntry } from './schemas.ts';
import { evaluate, invalidValue, type ConfigProblem, type Values } from './table.ts';

export const CONFIG_FILE_NAME = 'tradedangerous-listener-config.json';

/** Every setting in the program's own units, frozen. What each one means: `keys.ts` and `environment.ts`. */
export type Config = ReturnType<typeof assemble>;

export interface LoadedConfig {
  readonly config: Config;
  /** Absolute path of the JSON file. */
  readonly file: string;
  /** The file was written by this call. */
  readonly created: boolean;
  /** The keys of the file as they stand there. */
  readonly written: Readonly<Record<string, unknown>>;
  /** For the log: what is wrong, and what this run uses instead. Nothing invalid is overwritten in the file. */
  readonly problems: readonly ConfigProblem[];
}

/**
 * Reads the JSON file (`TD_LISTENER_CONFIG`, else in `cwd`) and the `TDL_*` variables.
 *
 * @throws AppError `config.broken` when the file is no JSON (exit code 2), `config.unreadable`
 */
export async function loadConfig(at: { cwd: string; env: Environment }): Promise<LoadedConfig> {
  const file = configFile(at);
  const { written, created, problems } = await openConfigFile(file);
  const { config, problems: found } = evaluateConfig(written, file, at);
  return { config, file, written, created, problems: [...problems, ...found] };
}

/**
 * The same without writing anything.
 * @returns `exists` false: there is no file, and everything is the default
 * @throws AppError `config.broken`, `config.unreadable`
 */
export async function inspectConfig(at: {
  cwd: string;
  env: Environment;
}): Promise<Omit<LoadedConfig, 'created'> & { readonly exists: boolean }> {
  const file = configFile(at);
  const written = await readConfigFile(file);
  return {
    ...evaluateConfig(written ?? {}, file, at),
    file,
    written: written ?? {},
    exists: written !== null,
  };
}

function configFile({ cwd, env }: { cwd: string; env: Environment }): string {
  return resolvePath(cwd, variable(env, 'TD_LISTENER_CONFIG') ?? CONFIG_FILE_NAME);
}

function evaluateConfig(
  written: Readonly<Record<string, unknown>>,
  file: string,
  at: { cwd: string; env: Environment },
): Pick<LoadedConfig, 'config' | 'problems'> {
  const settings = checkFile(written, file);
  const variables = readEnvironment(at.env);
  return {
    config: assemble(settings.values, variables.values, at.cwd),
    problems: [...settings.problems, ...variables.problems],
  };
}

/** Keys that say nothing to this program, with the one that was probably meant. `$schema` is for editors. */
function unknownKeys(written: Readonly<Record<string, unknown>>, source: string): ConfigProblem[] {
  const entries = Array.isArray(written.whitelist) ? (written.whitelist as unknown[]) : [];
  return [
    ...strangers(written, ['$schema', ...Object.keys(KEYS)], ''),
    ...entries.flatMap((entry, index) => strangers(entry, WHITELIST_KEYS, `whitelist[${index}].`)),
  ].map(({ key, meant }) => ({
    source,
    key,
    message: `${key} is no setting${meant === null ? '' : `, ${meant} is`}: it is ignored`,
  }));
}

function strangers(value: unknown, known: readonly string[], prefix: string) {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => ({ key: `${prefix}${key}`, meant: nearest(key, known) }));
}

/** {@link evaluate}, and what concerns more than one value: whitelist entries, limits in the wrong order. */
function checkFile(
  written: Readonly<Record<string, unknown>>,
  source: string,
): { values: Values<typeof KEYS>; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  let usable = written;
  const { whitelist } = written;
  if (Array.isArray(whitelist)) {
    const good = whitelist.filter((entry: unknown, index) => {
      if (whitelistEntry.safeParse(entry).success) return true;
      const allowed = whitelistEntry.description ?? '';
      problems.push(invalidValue(source, `whitelist[${index}]`, entry, allowed, 'the other entries'));
      return false;
    });
    usable = { ...usable, whitelist: good };
  }
  problems.push(...unknownKeys(written, source));
  const first = evaluate(KEYS, usable, source);
  for (const [low, high] of ORDERED_KEYS) {
    if (first.values[KEYS[low].field] <= first.values[KEYS[high].field]) continue;
    const used = `the defaults of both, ${KEYS[low].fallback} and ${KEYS[high].fallback}`;
    problems.push(invalidValue(source, low, written[low] ?? KEYS[low].fallback, `at most ${high}`, used));
    usable = { ...usable, [low]: KEYS[low].fallback, [high]: KEYS[high].fallback };
  }
  return { values: evaluate(KEYS, usable, source).values, problems: [...problems, ...first.problems] };
}

/** Brings what belongs together into one object each. */
function assemble(file: Values<typeof KEYS>, env: Values<typeof VARIABLES>, cwd: string) {
  const { eddnSchemaRef, learn, whitelist, maxClockSkewS, edcdSource, spanshUrl, ...plain } = file;
  const { listenerDiag, diagnostics, diagnosticsStatsEveryMs, diagnosticsPath, ...settings } = plain;
  const rules: StagingRules = {
    ...{ schemaRef: eddnSchemaRef, whitelist, maxClockSkewS, debug: file.debug },
    learn: file.ownTables ? learn : [],
  };
  return Object.freeze({
    ...settings,
    /** Base address without a slash at its end, or an absolute directory. */
    edcdSource: edcdSource.includes('://') ? edcdSource : resolvePath(cwd, edcdSource),
    /** An address or an absolute path; null: Spansh's own. */
    spanshUrl: spanshUrl === null || spanshUrl.includes('://') ? spanshUrl : resolvePath(cwd, spanshUrl),
    rules: Object.freeze(rules),
    diagnostics: Object.freeze({
      enabled: listenerDiag || diagnostics,
      statsEveryMs: diagnosticsStatsEveryMs,
      /** As written; null = the default place. `resolvePaths` has the file. */
      path: diagnosticsPath,
    }),
    /** The advisory lock of a station: one attempt's wait, attempts in all, wait after the first. */
    lock: Object.freeze({
      timeoutMs: env.lockTimeoutMs,
      maxRetries: env.lockMaxRetries,
      backoffStartMs: env.lockBackoffStartMs,
    }),
    /** For tests only; null: normal work. */
    refreshQuickTestDelayMs: env.refreshQuickTest ? env.refreshQuickTestDelayMs : null,
    /** For tests only; 0: normal work. */
    testForceDeferEveryN: env.testForceDeferEveryN,
  });
}
