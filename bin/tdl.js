#!/usr/bin/env node
// Runs the built program where there is one (a published package), else the TypeScript sources directly.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `tradedangerous-listener needs Node 24 or newer; this is ${process.versions.node} (${process.execPath}).\n` +
      'In a clone, `npm ci` brings the right one: use `npm start` or `npx tdl`. Else install Node 24 or newer, or\n' +
      '`npm install node@24` beside the program: `npx tdl` uses it then.',
  );
  process.exit(2);
}
process.removeAllListeners('warning'); // node:sqlite announces itself as experimental on every start
process.on('warning', (w) => {
  if (w.name !== 'ExperimentalWarning') console.error(`${w.name}: ${w.message}`);
});
process.on('SIGUSR1', () => undefined); // Node opens a debugger otherwise, for whoever reaches its port
// `npm --prefix DIR start` changes into DIR: go back to where the user stands.
if (/^(start|dev)$/.test(process.env.npm_lifecycle_event ?? '') && process.env.INIT_CWD)
  process.chdir(process.env.INIT_CWD);

const sources = new URL('../src/cli/main.ts', import.meta.url);
const built = new URL('../dist/cli/main.js', import.meta.url);
const fromSources = existsSync(sources);
if (fromSources) {
  // Without it every thread loads a TypeScript stripper at every start: 60 MB and most of the start-up time.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/tdl', import.meta.url));
  // Not imported above: Node 20 has no such function, and would say so instead of what is needed.
  const { enableCompileCache } = await import('node:module');
  enableCompileCache(process.env.NODE_COMPILE_CACHE); // this thread; the others inherit the variable
}
await import(fromSources ? sources.href : built.href);
