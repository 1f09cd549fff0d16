import { z } from 'zod';
import type { DescribedEndpoint } from './endpoint.ts';

const ERROR = z
  .looseObject({ error: z.string().describe('What is wrong, and what to do') })
  .meta({ id: 'Error' });

/** The description of an API in OpenAPI 3.1, from the schemas that its routes check. */
export function openApi(endpoints: readonly DescribedEndpoint[], base: string, version: string): object {
  const paths: Record<string, object> = {};
  for (const endpoint of endpoints) {
    const { path, summary, description, params, query, requires } = endpoint;
    paths[`${base}${path}`] = {
      get: {
        summary,
        ...(description !== undefined && { description }),
        tags: [path.split('/')[1]],
        ...(requires !== undefined && { security: [{ token: [requires] }] }),
        parameters: [...parametersOf(params, 'path'), ...parametersOf(query, 'query')],
        responses: {
          200: { description: 'What was asked for', ...answerOf(endpoint) },
          304: { description: 'Not changed since the answer whose ETag was sent' },
          400: { description: 'A parameter makes no sense', ...json(ERROR) },
          ...(requires !== undefined && {
            401: { description: `It takes a token with the scope ${requires}`, ...json(ERROR) },
            403: { description: `The token does not have the scope ${requires}`, ...json(ERROR) },
          }),
          404: { description: 'There is no such thing', ...json(ERROR) },
          429: { description: 'Too many questions: see Retry-After', ...json(ERROR) },
          503: { description: 'The database cannot answer now', ...json(ERROR) },
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'tradedangerous-listener',
      version,
      description:
        'The markets of Elite: Dangerous as this server knows them. Null is unknown, never 0; every answer says how old ' +
        'what it tells is. Lists are complete: follow `next`.',
    },
    ...(endpoints.some(({ requires }) => requires !== undefined) && {
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    }),
    paths,
  };
}

function answerOf(endpoint: DescribedEndpoint) {
  if ('answer' in endpoint) return json(endpoint.answer);
  return { content: { [endpoint.type]: { schema: { type: 'string', format: 'binary' } } } };
}

function json(schema: z.ZodType) {
  return { content: { 'application/json': { schema: schemaOf(schema, 'output') } } };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const described: Record<string, unknown> = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  delete described.$schema;
  return described;
}

function parametersOf(schema: z.ZodObject, place: 'path' | 'query'): object[] {
  return Object.entries(schema.shape).map(([name, each]) => {
    const field = each as z.ZodType;
    const described = schemaOf(field, 'input') as { description?: string; type?: string };
    const isOptional = field.safeParse(undefined).success;
    return {
      name,
      in: place,
      required: place === 'path' || !isOptional,
      ...(described.description !== undefined && { description: described.description }),
      ...(described.type === 'array' && { style: 'form', explode: false }),
      schema: described,
    };
  });
}
