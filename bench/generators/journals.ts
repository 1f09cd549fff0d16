import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Unavailable } from '../harness/types.ts';

const REAL = new URL('../../../shared/data/journals/', import.meta.url);
const DAY_MS = 86_400_000;

/**
 * Makes so many MB of journals out of two real ones: the same days again and again, each pair two days later.
 * @returns bytes
 * @throws Unavailable the real ones are not there
 */
export function writeJournals(dir: string, megabytes: number): number {
  if (!existsSync(REAL)) throw new Unavailable('there are no real journals in ../shared/data');
  const files = readdirSync(REAL)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => readFileSync(new URL(name, REAL), 'utf8').trimEnd().split('\n'));
  let bytes = 0;
  for (let day = 0; bytes < megabytes * 1e6; day++) {
    const lines = files[day % files.length] ?? [];
    const later = (time: string) =>
      new Date(Date.parse(time) + Math.floor(day / files.length) * files.length * DAY_MS);
    const moved = lines.map((line) =>
      line.replace(/"timestamp":"([^"]*)"/, (_, time: string) => `"timestamp":"${stamp(later(time))}"`),
    );
    const [, begun = ''] = /"timestamp":"([^"]*)"/.exec(moved[0] ?? '') ?? [];
    const text = `${moved.join('\r\n')}\r\n`;
    writeFileSync(join(dir, `Journal.${begun.replaceAll(':', '').replace('Z', '')}.01.log`), text);
    bytes += text.length;
  }
  return bytes;
}

function stamp(time: Date): string {
  return time.toISOString().replace('.000', '');
}
