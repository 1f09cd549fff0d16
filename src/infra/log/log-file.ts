import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { mkdir, readdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import { endsTorn } from './torn.ts';

export interface LogFileOptions {
  readonly file: string;
  /** Put aside when it is that large; 0 = never. */
  readonly rotateBytes: number;
  /** What was put aside is removed after so long; 0 = never. */
  readonly keepMs: number;
  /** Whether what is put aside is compressed. */
  readonly compress: boolean;
}

export interface LogFile {
  /** Never throws, never waits. */
  readonly write: (line: string) => void;
  /** Closes the file and opens the one that has its name then: something else may have put it aside. */
  readonly reopen: () => void;
  /** Resolves when everything is in the file. */
  readonly flush: () => Promise<void>;
  /** As at the exit of the process, which need not be waited for then. What is told later may be lost. */
  readonly close: () => void;
}

/** Lines waiting for a disk that takes none: beyond that, new ones are dropped. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const RETRY_MS = 1_000;
/** How often it is looked whether the file is still there. */
const LOOK_MS = 1_000;

/**
 * A log file that is put aside by size, as `NAME.YYYYMMDD-HHMMSS-N.gz` (UTC).
 *
 * Lines are kept until they are in the file: what is waiting while it is put aside, reopened or not writable is written
 * afterwards, at the latest when the process exits; what went into a file that was removed is written again into a new
 * one. After an error a line may be there twice, and after a full disk in part.
 */
export function openLogFile({ file, rotateBytes, keepMs, compress }: LogFileOptions): LogFile {
  const waiting: string[] = [];
  const flushed = new Set<() => void>();
  let waitingBytes = 0;
  let stream: RotatingFileStream | undefined;
  let isTold = false;
  let isSending = false;
  let lastWritten = '';
  /** Written since the file was last seen; null while it is not open, or put aside by the library. */
  let unseen: string[] | null = null;

  function open(): void {
    const opened = createStream((time, index) => nameOf(file, time, index, compress), {
      path: dirname(file),
      ...(rotateBytes > 0 && { size: `${rotateBytes}B` }),
      ...(compress && { compress: 'gzip' }),
    });
    opened.on('error', (error) => {
      if (!isTold) process.stderr.write(`the log file ${file} cannot be written: ${error.message}\n`);
      isTold = true;
      if (stream !== opened) return;
      stream = undefined;
      setTimeout(open, RETRY_MS).unref();
    });
    opened.on('rotation', () => (unseen = null));
    opened.on('open', () => (unseen = []));
    opened.on('rotated', () => void removeOld(file, keepMs));
    stream = opened;
    const torn = tornOff();
    isSending = false;
    if (torn === '') send();
    else put(opened, torn, send);
  }

  /** What a full disk took a part of only, on a line of its own: the library takes a short write for a whole one. */
  const tornOff = () => (endsTorn(file) ? `\n${lastWritten}` : '');

  function send(): void {
    const [line] = waiting;
    if (stream !== undefined && !isSending && line !== undefined) put(stream, line, onWritten);
  }

  /** One line at a time: the library joins what waits, and a full disk may take a part of several then. */
  function put(to: RotatingFileStream, text: string, onPut: () => void): void {
    isSending = true;
    to.write(text, (error) => {
      if (error) return;
      isSending = false;
      isTold = false;
      onPut();
    });
  }

  function onWritten(): void {
    const line = waiting.shift();
    if (line !== undefined) {
      waitingBytes -= line.length;
      lastWritten = line;
      unseen?.push(line);
    }
    if (waiting.length > 0) {
      send();
      return;
    }
    for (const resolve of flushed) resolve();
    flushed.clear();
  }

  /** Whether the file in use has been removed; then a new one gets what was written since it was seen. */
  async function look(): Promise<void> {
    const written = unseen;
    if (written === null || written.length === 0) return;
    const count = written.length;
    const isGone = await stat(file).then(
      () => false,
      (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT',
    );
    // Put aside or opened anew meanwhile.
    if (unseen !== written) return;
    if (!isGone) written.splice(0, count);
    else {
      openAnew(() => {
        waiting.unshift(...written);
        for (const text of written) waitingBytes += text.length;
      });
    }
  }

  /** Opens what has the name then. @param onClosed when the old one has everything that was sent to it */
  function openAnew(onClosed: () => void = () => undefined): void {
    const old = stream;
    // Not open at the moment: it will be.
    if (old === undefined) return;
    stream = undefined;
    old.once('close', () => {
      onClosed();
      unseen = null;
      open();
    });
    old.end();
  }

  function writeLast(): void {
    try {
      if (unseen !== null && !existsSync(file)) {
        mkdirSync(dirname(file), { recursive: true });
        appendFileSync(file, unseen.join(''));
      }
      if (waiting.length > 0) appendFileSync(file, tornOff() + waiting.join(''));
    } catch {
      // Where to tell it?
    }
  }

  process.on('exit', writeLast);
  void removeOld(file, keepMs);
  const looking = setInterval(() => void look(), LOOK_MS).unref();
  open();

  return {
    write(text) {
      if (waitingBytes > MAX_WAITING_BYTES) return;
      waiting.push(text);
      waitingBytes += text.length;
      send();
    },
    reopen: () => openAnew(),
    flush: () => (waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => flushed.add(resolve))),
    close() {
      clearInterval(looking);
      process.off('exit', writeLast);
      writeLast();
    },
  };
}

function nameOf(
  file: string,
  time: Date | number | null,
  index: number | undefined,
  compress: boolean,
): string {
  const name = basename(file);
  // Asked so for the file in use.
  if (time === null) return name;
  const [date, clock] = new Date(time)
    .toISOString()
    .replaceAll(/[-:]|\..*/g, '')
    .split('T');
  return `${name}.${date}-${clock}-${index ?? 1}${compress ? '.gz' : ''}`;
}

async function removeOld(file: string, keepMs: number): Promise<void> {
  if (keepMs === 0) return;
  const directory = dirname(file);
  const isAside = (name: string) =>
    name.startsWith(`${basename(file)}.`) && /\.\d{8}-\d{6}-\d+(\.gz)?$/.test(name);
  try {
    await mkdir(directory, { recursive: true });
    for (const name of (await readdir(directory)).filter(isAside)) {
      const path = join(directory, name);
      if ((await stat(path)).mtimeMs < Date.now() - keepMs) await unlink(path);
    }
  } catch {
    // They stay until the next time.
  }
}
