import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Whoever is ended while Node 24 requires a module with a default export takes the process along; piscina requires its modules. */
test('what piscina loads has no default export', () => {
  const files = globSync('**/*.worker.ts', { cwd: new URL('../../src', import.meta.url) });
  const text = (file: string) => readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
  expect(files.length).toBeGreaterThan(4);
  // Modules of threads that are spoken to by `threads/rpc.ts` are imported.
  const required = files.filter((file) => !text(file).includes('threadModule('));
  expect(required.filter((file) => text(file).includes('export default'))).toEqual([]);
});
