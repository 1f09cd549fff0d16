/** Writes the dump that its only argument describes ({@link DumpJob} as JSON). */
import { writeChangedDump } from './changed-dump.ts';
import { writeDump } from './dump.ts';
import type { DumpJob } from '../harness/dumps.ts';

const { path, changed, ...options } = JSON.parse(process.argv[2]!) as DumpJob;
if (changed === undefined) await writeDump(path, options);
else await writeChangedDump(path, options, changed);
