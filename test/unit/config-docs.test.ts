import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CONFIGURATION_PAGE, withTables } from '../../docs/configuration-tables.ts';
import { VARIABLES } from '../../src/config/environment.ts';
import { KEYS } from '../../src/config/keys.ts';

const page = readFileSync(CONFIGURATION_PAGE, 'utf8');

test.each([
  ...Object.keys(KEYS),
  ...Object.keys(VARIABLES),
  ...['TD_LISTENER_CONFIG', 'TD_DB_CONFIG', 'TD_DATA', 'TD_TMP', 'TD_CSV'],
])('docs/configuration.md explains %s', (name) => {
  expect(page).toContain(`| \`${name}\` | `);
});

test('its tables tell the defaults and ranges the program uses (node docs/configuration-tables.ts)', () => {
  expect(page).toBe(withTables(page));
});
