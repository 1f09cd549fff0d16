import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FDEVIDS_DIR } from './messages.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/tdl.js', import.meta.url));

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [fact: string]: unknown;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real program in a process of its own, in a directory of its own. */
export interface Program {
  readonly process: ChildProcessWithoutNullStreams;
  readonly log: LogLine[];
  /** Resolves with the first log line (past ones included) whose text matches; rejects when the program ends first. */
  logged(text: RegExp): Promise<LogLine>;
  kill(signal: NodeJS.Signals): void;
  readonly exit: Promise<Exit>;
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
const DAEMON = ['--no-update'];

export function startProgram({ cwd, args = DAEMON, env = {}, uid }: ProgramOptions): Program {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TDL?_|npm_|INIT_CWD|VITEST)/.test(name),
  );
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const log: LogLine[] = [];
  const waiting = new Set<() => void>();
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  createInterface({ input: child.stdout }).on('line', (line) => {
    stdout += `${line}\n`;
    if (line.startsWith('{')) log.push(JSON.parse(line) as LogLine);
    for (const look of waiting) look();
  });
  const exit = new Promise<Exit>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });

  return {
    process: child,
    log,
    exit,
    kill: (signal) => void child.kill(signal),
    logged: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = log.find(({ msg }) => text.test(msg));
          if (line === undefined) return;
          waiting.delete(look);
          resolve(line);
        };
        waiting.add(look);
        look();
        void exit.then(({ code, signal, stderr: errors }) =>
          reject(new Error(`ended (${code ?? signal}) before logging ${text}:\n${stdout}\n${errors}`)),
        );
      }),
  };
}

/** Runs the program to its end. */
export async function runProgram(options: ProgramOptions): Promise<Exit> {
  return startProgram(options).exit;
}
