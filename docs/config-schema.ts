import { z } from 'zod';
import { KEYS } from '../src/config/keys.ts';
import type { Table } from '../src/config/table.ts';

export const CONFIG_SCHEMA = new URL('./config.schema.json', import.meta.url);

/** The JSON Schema of the configuration file, for editors: made from the table that the program checks values against. */
export function configSchema(): string {
  const table: Table = KEYS;
  const properties = Object.entries(table).map(([name, { schema, about, fallback }]) => {
    const json = z.toJSONSchema(schema, {
      io: 'input',
      override: ({ jsonSchema }) => {
        delete jsonSchema.readOnly;
        // A misspelt key is ignored by the program, which is worth a mark in an editor.
        if (jsonSchema.type === 'object') jsonSchema.additionalProperties = false;
      },
    });
    // Said once, for the whole.
    delete json.$schema;
    const description = `${about} Allowed: ${schema.description ?? ''}.`;
    return [name, { ...json, description, default: fallback }] as const;
  });
  const whole = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'tradedangerous-listener-config.json',
    type: 'object',
    properties: {
      $schema: { type: 'string', description: 'This file, for editors.' },
      ...Object.fromEntries(properties),
    },
    additionalProperties: false,
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}
