import type { DatabaseSync } from 'node:sqlite';

/** Pages moved in one vacuum transaction: some 0.1 s, in which writes wait. */
const VACUUM_PAGES = 2_000;

/** Renews what the query planner knows of each table that has changed much. */
export function analyze(db: DatabaseSync): void {
  db.exec('PRAGMA optimize = 0x10002');
}

/** Gives some free pages back to the file system. @returns how many are left to give; 0 also where none can be */
export function vacuumStep(db: DatabaseSync): number {
  const free = () => Number(db.prepare('PRAGMA freelist_count').get()?.freelist_count);
  const before = free();
  db.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
  const after = free();
  return after < before ? after : 0;
}
