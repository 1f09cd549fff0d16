import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AppError } from '../../../../domain/errors.ts';
import type { Tidier } from '../../../../domain/ports/upkeep/tidier.ts';
import type { MariadbConnection } from '../connection.ts';
import { createOptionFile, type TlsFiles } from './option-file.ts';

export interface CheckToolOptions {
  readonly connection: MariadbConnection;
  readonly tls: TlsFiles;
  /** Holds the credentials; made when it does not exist. */
  readonly optionFile: string;
  /** Where the tools are looked for (`PATH`). */
  readonly env: NodeJS.ProcessEnv;
}

/** A tool that does not end when it is asked to. */
const KILL_MS = 2_000;
const CONNECT_TIMEOUT_S = 10;

/** Wrong user, password, database or right: it stays so until somebody changes something. */
const DENIED = /ERROR (1044|1045|1049|1142|1227|1370|1698)\b/;

/**
 * Tidies a database with the server's own tools, as the reference does: `mariadb-check --optimize`, then `--analyze`,
 * with credentials from an option file, which is made when there is none.
 */
export function createCheckTool({ connection, tls, optionFile, env }: CheckToolOptions): Tidier {
  const credentials = `--defaults-extra-file=${optionFile}`;
  const { database } = connection;

  return {
    async probe(signal) {
      await createOptionFile(optionFile, connection, tls);
      await run('mariadb-check', ['--version'], { env, signal });
      const timeout = `--connect-timeout=${CONNECT_TIMEOUT_S}`;
      const { code, errors } = await run('mariadb', [credentials, timeout, '--execute=DO 1', database], {
        env,
        signal,
      });
      if (code !== 0 && DENIED.test(errors)) {
        throw new AppError('maintenance.denied', `mariadb-check is not let in: ${errors}`, {
          advice: `correct ${optionFile}, or remove it to have it made anew`,
        });
      }
    },

    async optimize(signal) {
      for (const task of ['--optimize', '--analyze']) {
        const { code, output, errors } = await run('mariadb-check', [credentials, task, database], {
          env,
          signal,
        });
        // It ends with 0 whatever it says of single tables.
        const faults = output.split('\n').filter((line) => /^error\s*:/i.test(line));
        if (code === 0 && faults.length === 0) continue;
        const reason = [errors, ...faults].filter((text) => text !== '').join('; ');
        throw new AppError(
          'maintenance.failed',
          `mariadb-check ${task} failed: ${reason || `exit code ${code}`}`,
        );
      }
    },
  };
}

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs a tool to its end; when the signal aborts, it is ended first.
 * @throws AppError `maintenance.noTool`; the abort reason
 */
async function run(
  tool: string,
  args: readonly string[],
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<Ended> {
  signal.throwIfAborted();
  const child = spawn(tool, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  const errors: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  let killing: NodeJS.Timeout | undefined;
  const end = () => {
    child.kill('SIGTERM');
    killing = setTimeout(() => child.kill('SIGKILL'), KILL_MS);
  };
  signal.addEventListener('abort', end);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    signal.throwIfAborted();
    return {
      code: code ?? -1,
      output: output.join(''),
      errors: errors
        .join('')
        .trim()
        .replaceAll(/\s*\n\s*/g, '; '),
    };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new AppError('maintenance.noTool', `${tool} cannot be run: ${(error as Error).message}`, {
      advice: 'install the MariaDB client programs, or set db_maint_every_x_days to 0',
      cause: error,
    });
  } finally {
    signal.removeEventListener('abort', end);
    clearTimeout(killing);
  }
}
