import { existsSync } from 'node:fs';

/** Real data handed around with the project, not part of it: tests that need it are skipped where it is missing. */
export const SHARED_DATA = new URL('../../../shared/data/', import.meta.url);

export const hasSharedData = existsSync(SHARED_DATA);
if (!hasSharedData) console.log('skipped: tests on real data need ../shared/data beside the project');
