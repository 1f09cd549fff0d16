import type { Token } from '../../../domain/access.ts';
import { TOKEN_COLUMNS, TOKEN_TABLE, tokenOf } from '../shared/tokens.ts';
import type { Link } from './connection.ts';
import { hasTable } from './galaxy/own-tables.ts';
import { text } from './sql.ts';

export async function readTokens(link: Link): Promise<Token[]> {
  if (!(await hasTable(link, TOKEN_TABLE))) return [];
  const rows = await link.rows(`SELECT ${TOKEN_COLUMNS} FROM ${TOKEN_TABLE} ORDER BY name`);
  return rows.map(tokenOf);
}

/** @returns false: there is one of that name */
export async function addToken(link: Link, { name, scopes, hash, madeAtS }: Token): Promise<boolean> {
  const values = `${[name, scopes.join(), hash].map(text).join()}, ${madeAtS}`;
  return (await link.run(`INSERT IGNORE INTO ${TOKEN_TABLE} (${TOKEN_COLUMNS}) VALUES (${values})`)) === 1;
}

/** @returns false: there is none of that name */
export async function removeToken(link: Link, name: string): Promise<boolean> {
  if (!(await hasTable(link, TOKEN_TABLE))) return false;
  return (await link.run(`DELETE FROM ${TOKEN_TABLE} WHERE name = ${text(name)}`)) === 1;
}
