import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { stop, world } from '../support/spansh-world.ts';
import { tempDir } from '../support/temp-dir.ts';

interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly args: { readonly path?: string; readonly old_path?: string; readonly new_path?: string };
}

/** What the process asked of the file system, in order of its asking. */
function fileWork(traceFile: string): readonly TraceEvent[] {
  const { traceEvents } = JSON.parse(readFileSync(traceFile, 'utf8')) as { traceEvents: TraceEvent[] };
  return traceEvents
    .filter(({ cat, ph }) => cat.includes('node.fs') && ph === 'b')
    .sort((a, b) => a.ts - b.ts);
}

test('nothing takes the place of a file before it is on the disk', async () => {
  const { start } = await world({ config: { export_live_every_x_min: 0 } });
  const trace = join(tempDir(), 'trace.json');
  const program = start({
    NODE_OPTIONS: `--trace-event-categories=node.fs.async --trace-event-file-pattern=${trace}`,
  });
  await program.logged(/listings\.csv/);
  await stop(program);

  const work = fileWork(trace);
  const ofDirectory = (at: number) => {
    const before = work[at - 1];
    return before?.name === 'open' && isDirectory(before.args.path ?? '');
  };
  const renamed: string[] = [];
  // Of one file each: files are written beside each other.
  const taken = new Set<number>();
  for (const [at, { name, args }] of work.entries()) {
    if (name !== 'rename') continue;
    const { old_path: temp = '', new_path: target = '' } = args;
    const opened = work.findLastIndex((e, i) => i < at && e.name === 'open' && e.args.path === temp);
    const synced = work.findIndex(
      (event, i) => i > opened && i < at && event.name === 'fsync' && !ofDirectory(i) && !taken.has(i),
    );
    // A power failure at any time leaves the old file or the new one, never an empty one.
    expect(synced, `${temp} is on the disk before it becomes ${target}`).not.toBe(-1);
    renamed.push(basename(target));
    taken.add(synced);
    // What is downloaded, or can be asked again, may be lost.
    if (!target.endsWith('.csv')) continue;
    const listed = work.some(
      ({ name: done }, i) => i > at && done === 'fsync' && work[i - 1]?.args.path === dirname(target),
    );
    expect(listed, `the folder of ${target} has it for good`).toBe(true);
  }
  // Published, the dump, what is remembered of it, the configuration, whose directory it is.
  const some = ['listings.csv', 'System.csv', 'Item.csv', 'galaxy_stations.spansh'];
  const own = ['-spansh.json', '-config.json', '.instance.json'];
  expect(renamed).toEqual(
    expect.arrayContaining([...some, ...own.map((end) => `tradedangerous-listener${end}`)]),
  );
});

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
