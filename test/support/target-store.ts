import type { ChangeLimits } from '../../src/domain/ports/store/changes.ts';
import type { Store } from '../../src/domain/ports/store/store.ts';
import type { MariadbConnection } from '../../src/infra/store/mariadb/connection.ts';

/** Where a process of a test writes, and what. */
export interface Target {
  readonly sqlite?: { readonly file: string };
  readonly mariadb?: { readonly connection: MariadbConnection };
  readonly changeLog: ChangeLimits;
  readonly itemIds: readonly number[];
  readonly stationIds: readonly number[];
}

export async function openTarget({ sqlite, mariadb, changeLog }: Target): Promise<Store> {
  if (sqlite !== undefined) {
    const { createSqliteStore } = await import('../../src/infra/store/sqlite/store.ts');
    return createSqliteStore({ ...sqlite, changeLog, generation: 'auto' });
  }
  const { createMariadbStore } = await import('../../src/infra/store/mariadb/store.ts');
  const lock = { timeoutMs: 20, maxRetries: 2, backoffStartMs: 5 };
  return createMariadbStore({ ...mariadb!, changeLog, lock, generation: 'auto' });
}
