import type { DatabaseSync } from 'node:sqlite';
import type { Token } from '../../../domain/access.ts';
import { hasTable } from './galaxy/own-tables.ts';
import { TOKEN_COLUMNS, TOKEN_TABLE, tokenOf } from '../shared/tokens.ts';

export function readTokens(db: DatabaseSync): Token[] {
  if (!hasTable(db, TOKEN_TABLE)) return [];
  const rows = db.prepare(`SELECT ${TOKEN_COLUMNS} FROM ${TOKEN_TABLE} ORDER BY name`).all();
  return rows.map((row) => tokenOf(Object.values(row)));
}

/** @returns false: there is one of that name */
export function addToken(db: DatabaseSync, { name, scopes, hash, madeAtS }: Token): boolean {
  const insert = db.prepare(`INSERT OR IGNORE INTO ${TOKEN_TABLE} (${TOKEN_COLUMNS}) VALUES (?, ?, ?, ?)`);
  return insert.run(name, scopes.join(), hash, madeAtS).changes === 1;
}

/** @returns false: there is none of that name */
export function removeToken(db: DatabaseSync, name: string): boolean {
  return (
    hasTable(db, TOKEN_TABLE) &&
    db.prepare(`DELETE FROM ${TOKEN_TABLE} WHERE name = ?`).run(name).changes === 1
  );
}
