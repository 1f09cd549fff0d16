import { describe } from 'vitest';
import { storeThreadsHere } from '../support/threads-here.ts';
import { whenMany } from '../support/times.ts';
import { deltaKillsContract } from './deltas-kills.contract.ts';
import { deltasContract } from './deltas.contract.ts';
import { createSqliteDatabase } from './sqlite-database.ts';

storeThreadsHere();

deltasContract(() => createSqliteDatabase());
whenMany(describe)('kills', () => deltaKillsContract(() => createSqliteDatabase()));
