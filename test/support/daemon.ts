import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FDEVIDS_DIR } from './messages.ts';
import { ProgramOutput, type Exit, type LogLine } from './program-output.ts';

export const PROGRAM = fileURLToPath(new URL('../../bin/tdl.js', import.meta.url));

export type { Exit, LogLine };

/** The real program, in a directory of its own. */
export interface Program {
  readonly log: readonly LogLine[];
  /** Resolves with the first log line (past ones included) whose text matches; rejects when the program ends first. */
  logged(text: RegExp): Promise<LogLine>;
  kill(signal: NodeJS.Signals): void;
  readonly exit: Promise<Exit>;
  /** Ends it, whatever it does. */
  end(): Promise<void>;
}

/** {@link startProgram}, or in this process: `startHere`. */
export type Start<P extends Program = Program> = (options: ProgramOptions) => P;

/** In a process of its own. */
export interface ProgramProcess extends Program {
  readonly process: ChildProcessWithoutNullStreams;
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The user it runs as, which needs root. */
  readonly uid?: number;
}

/** Configuration of a daemon under test: with it and {@link DAEMON} nothing leaves this machine. */
export function writeConfig(cwd: string, overrides: Readonly<Record<string, unknown>> = {}): string {
  mkdirSync(cwd, { recursive: true });
  const file = join(cwd, 'tradedangerous-listener-config.json');
  const config = {
    eddn_url: 'tcp://127.0.0.1:1',
    edcd_source: fileURLToPath(FDEVIDS_DIR),
    // What tests observe is old.
    purge_every_x_hour: 0,
    db_maint_every_x_days: 0,
    http_listen: null,
    whitelist: [{ software: 'EDDiscovery' }, { software: 'E:D Market Connector [Windows]' }],
    ...overrides,
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** The daemon without Spansh. */
export const DAEMON: readonly string[] = ['--no-update'];

/** Without what would change how the program behaves. */
export function inherited(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(TDL?_|npm_|INIT_CWD|VITEST)/.test(name)),
  );
}

export function startProgram({ cwd, args = DAEMON, env = {}, uid }: ProgramOptions): ProgramProcess {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: { ...inherited(process.env), ...env },
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const output = new ProgramOutput();
  child.stdout.on('data', output.stdout);
  child.stderr.on('data', output.stderr);
  const exit = new Promise<Exit>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, ...output.texts }));
  });
  return {
    process: child,
    log: output.log,
    exit,
    kill: (signal) => void child.kill(signal),
    async end() {
      child.kill('SIGKILL');
      await exit;
    },
    logged: (text) => output.logged(text, exit),
  };
}

/** Runs the program to its end. */
export async function runProgram(options: ProgramOptions): Promise<Exit> {
  return startProgram(options).exit;
}
