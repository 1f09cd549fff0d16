import { deltaKillsContract } from './deltas-kills.contract.ts';
import { deltasContract } from './deltas.contract.ts';
import { createSqliteDatabase } from './sqlite-database.ts';

deltasContract(() => createSqliteDatabase());
deltaKillsContract(() => createSqliteDatabase());
