// The daemon inside another program, until Ctrl-C: node embed.mjs [DIRECTORY]
import { createDaemon } from 'tradedangerous-listener';

const daemon = await createDaemon({ directory: process.argv[2] ?? '.', update: false });
await daemon.start();
console.log(`answers at ${daemon.url}`);

const timer = setInterval(() => {
  const { totals, notReady } = daemon.status();
  console.log(`${totals.received} messages, ${totals.written} markets written`, ...notReady);
}, 1_000);

process.once('SIGINT', () => void daemon.stop());
const failure = await daemon.ended;
clearInterval(timer);
console.log(failure ?? 'ended in order');
process.exitCode = failure === null ? 0 : 1;
