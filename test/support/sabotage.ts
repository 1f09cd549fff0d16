import { fileURLToPath } from 'node:url';

/** What goes wrong inside the program. */
export interface Sabotage {
  /** Telling the operator something with this in it throws, so many times (absent: always). */
  readonly logThrows?: { readonly text: string; readonly times?: number };
  /** Holds how wrong the clock is, milliseconds. */
  readonly clockFile?: string;
  /** A frame of this text ends the thread that decodes it. */
  readonly killer?: string;
}

/** Environment of a program to be sabotaged. */
export function sabotage(how: Sabotage): Record<string, string> {
  const fixture = fileURLToPath(new URL('./fixtures/sabotage.ts', import.meta.url));
  return { NODE_OPTIONS: `--import ${fixture}`, SABOTAGE: JSON.stringify(how) };
}
