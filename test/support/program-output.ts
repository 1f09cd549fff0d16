import { StringDecoder } from 'node:string_decoder';

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

/**
 * What an operator is troubled with: warnings and errors. Not the feed's silence: between two messages of a test a machine
 * that does much else takes longer than that.
 */
export function troubles(log: readonly LogLine[]): string[] {
  return log
    .filter(({ level, msg }) => level >= 40 && !/^feed .*: silence; trying again/.test(msg))
    .map(({ msg }) => msg);
}

/** What a program has printed: its texts, and the lines of its log. */
export class ProgramOutput {
  readonly log: LogLine[] = [];
  /** Resolves when it has printed something. */
  readonly begun: Promise<true>;
  readonly #begin: (value: true) => void;
  readonly #texts = { stdout: '', stderr: '' };
  readonly #decoders = { stdout: new StringDecoder(), stderr: new StringDecoder() };
  readonly #waiting = new Set<() => void>();
  #line = '';

  constructor() {
    const { promise, resolve } = Promise.withResolvers<true>();
    this.begun = promise;
    this.#begin = resolve;
  }

  get texts(): { readonly stdout: string; readonly stderr: string } {
    return { ...this.#texts };
  }

  readonly stdout = (chunk: Buffer | string): void => {
    const lines = (this.#line + this.#add('stdout', chunk)).split('\n');
    this.#line = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('{')) this.log.push(JSON.parse(line) as LogLine);
    }
    if (lines.length > 0) for (const look of this.#waiting) look();
  };

  readonly stderr = (chunk: Buffer | string): void => {
    this.#add('stderr', chunk);
  };

  /** The first line (past ones included) whose text matches. @throws when the program ends first */
  logged(text: RegExp, exit: Promise<Exit>): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const line = this.log.find(({ msg }) => text.test(msg));
        if (line === undefined) return;
        this.#waiting.delete(look);
        resolve(line);
      };
      this.#waiting.add(look);
      look();
      void exit.then(({ code, signal, stdout, stderr }) =>
        reject(new Error(`ended (${code ?? signal}) before logging ${text}:\n${stdout}\n${stderr}`)),
      );
    });
  }

  #add(stream: 'stdout' | 'stderr', chunk: Buffer | string): string {
    const text = typeof chunk === 'string' ? chunk : this.#decoders[stream].write(chunk);
    this.#texts[stream] += text;
    this.#begin(true);
    return text;
  }
}
