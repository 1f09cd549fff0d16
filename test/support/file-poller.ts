/** Reads FILE in a tight loop until its input ends; prints what it saw as JSON: reads, versions, faults. */
import { readFileSync } from 'node:fs';

const [file = ''] = process.argv.slice(2);
const seen = { reads: 0, versions: 0, faults: [] as string[] };
let last = '';
let ended = false;
process.stdin.on('end', () => (ended = true)).resume();

function look(): void {
  for (let i = 0; i < 20; i++) {
    seen.reads += 1;
    let text: string;
    try {
      text = readFileSync(file, 'latin1');
    } catch (error) {
      seen.faults.push(String(error));
      continue;
    }
    const version = text.slice(0, text.indexOf('\n'));
    if (!text.endsWith(`\nend of ${version}\n`))
      seen.faults.push(`partial: ${text.length} bytes of "${version}"`);
    if (version !== last) seen.versions += 1;
    last = version;
  }
  if (ended) process.stdout.write(JSON.stringify(seen));
  else setImmediate(look);
}

process.stdout.write('\n');
look();
