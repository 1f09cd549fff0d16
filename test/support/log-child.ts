/** Logs what LINES says, one `[level, facts, text]` each, through a log made with OPTIONS; then exits in good order. */
import { createLog, type LogOptions } from '../../src/infra/log/log.ts';

const [options = '{}', lines = '[]', repeats = '1'] = process.argv.slice(2);
const log = createLog(JSON.parse(options) as LogOptions);
let loops = 0;
const loop = setInterval(() => (loops += 1), 5);

for (let i = 0; i < Number(repeats); i++) {
  for (const [level, facts, text] of JSON.parse(lines) as ['info', Record<string, unknown>, string][]) {
    log[level](facts, text);
  }
  if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
await log.close();
clearInterval(loop);
process.stderr.write(`alive ${loops > 0}\n`, () => process.exit(7));
