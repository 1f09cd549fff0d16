import { openRegularFile } from './regular-file.ts';

const READ_BYTES = 256 * 1024;

/** The lines of a published file, some at a time: millions of them are gone through without waiting for each. */
export async function* fileLines(path: string, signal: AbortSignal): AsyncGenerator<string[]> {
  const found = await openRegularFile(path);
  if (found === null) throw new Error(`there is no file ${path}`);
  const stream = found.handle.createReadStream({ encoding: 'latin1', highWaterMark: READ_BYTES, signal });
  let rest = '';
  for await (const text of stream as AsyncIterable<string>) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield lines;
  }
  if (rest !== '') yield [rest];
}
