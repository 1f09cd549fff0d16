import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { startProgram, type Program, type Start } from './daemon.ts';
import { ask } from './http.ts';

/** What the pages hold, as far as it is looked at; each has a part of it. */
export interface Body {
  readonly ok: boolean;
  readonly reasons: readonly string[];
  readonly totals: { readonly received: number; readonly accepted: number; readonly written: number };
  readonly markets: { readonly spooled: number };
  readonly actors: readonly {
    readonly name: string;
    readonly state: string;
    readonly since: string;
    readonly events: number;
    readonly counters: Readonly<Record<string, number>>;
  }[];
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly modified: string }[];
  readonly database: unknown;
}

interface Page {
  readonly status: number;
  readonly body: Body;
}

export interface HttpDaemon {
  readonly program: Program;
  readonly url: string;
  readonly cwd: string;
  readonly json: (path: string) => Promise<Page>;
  /** Asks for the page until it is so. */
  readonly until: (path: string, isSo: (page: Page) => boolean) => Promise<Body>;
}

/** Starts the daemon on the configuration that is there. */
export async function daemonIn(
  cwd: string,
  args?: readonly string[],
  start: Start = startProgram,
): Promise<HttpDaemon> {
  const program = start({ cwd, ...(args && { args }) });
  onTestFinished(() => program.end());
  const url = String((await program.logged(/^http: http/)).url);
  const json: HttpDaemon['json'] = async (path) => {
    const { status, bytes } = await ask(url + path);
    return { status, body: JSON.parse(bytes.toString()) as Body };
  };
  return {
    program,
    url,
    cwd,
    json,
    until: async (path, isSo) => {
      for (;;) {
        const answer = await json(path);
        if (isSo(answer)) return answer.body;
        await sleep(25);
      }
    },
  };
}
