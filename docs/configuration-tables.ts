import { KEYS } from '../src/config/keys.ts';
import { VARIABLES } from '../src/config/environment.ts';
import type { Key, Table } from '../src/config/table.ts';

export const CONFIGURATION_PAGE = new URL('./configuration.md', import.meta.url);

/** The page with its tables made anew from the tables the program checks values against. */
export function withTables(page: string): string {
  const tables: Record<string, string> = {
    keys: markdown(KEYS, 'Key', (key) => key.optional !== true),
    'optional keys': markdown(KEYS, 'Key', (key) => key.optional === true),
    variables: markdown(VARIABLES, 'Variable', () => true),
  };
  return page.replace(
    /(<!-- table: (.+?) -->\n).*?(<!-- end -->)/gs,
    (_all, start: string, name: string, end: string) => `${start}${tables[name] ?? ''}${end}`,
  );
}

function markdown(table: Table, heading: string, wanted: (key: Key) => boolean): string {
  const rows = Object.entries(table)
    .filter(([, key]) => wanted(key))
    .map(([name, { fallback, schema, about, live }]) => {
      const plain = typeof fallback === 'string' ? fallback : JSON.stringify(fallback);
      const shown = Array.isArray(fallback) ? 'see below' : `\`${plain}\``;
      return `| \`${name}\` | ${shown} | ${schema.description ?? ''} | ${about}${live === true ? ' *(live)*' : ''} |\n`;
    });
  return `| ${heading} | Default | Allowed | Meaning |\n|---|---|---|---|\n${rows.join('')}`;
}
