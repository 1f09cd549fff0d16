import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** What an OpenAPI description says of its answers. */
export interface Schemas {
  readonly paths: readonly string[];
  /** By name, of all routes together. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly check: (path: string, status: number, body: unknown) => string[];
}

interface Description {
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly get: {
          readonly parameters: readonly { readonly name: string; readonly in: string }[];
          readonly responses: Readonly<
            Record<
              string,
              { readonly content?: { readonly 'application/json': { readonly schema: object } } }
            >
          >;
        };
      }
    >
  >;
}

export function readSchemas(description: unknown): Schemas {
  const { paths } = description as Description;
  const ajv = new Ajv2020({ strict: false, allErrors: true, code: { optimize: false } });
  formats.default(ajv);
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  return {
    paths: Object.keys(paths),
    parameters: Object.fromEntries(
      Object.values(paths).flatMap(({ get }) =>
        get.parameters.filter((each) => each.in === 'query').map((each) => [each.name, each]),
      ),
    ),
    check(path, status, body) {
      const template = templateOf(Object.keys(paths), path);
      if (template === undefined) return [`${path} is in no description`];
      const schema = paths[template]!.get.responses[status]?.content?.['application/json'].schema;
      if (schema === undefined) return [`${template} describes no body of a ${status}`];
      const key = `${template} ${status}`;
      const validate = compiled.get(key) ?? ajv.compile(schema);
      compiled.set(key, validate);
      void validate(body);
      return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    },
  };
}

/** The described path that a request's path is one of; words win over parameters. */
function templateOf(templates: readonly string[], path: string): string | undefined {
  const [bare = ''] = path.split('?');
  const fits = templates.filter((template) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  );
  return fits.sort((a, b) => a.split('{').length - b.split('{').length)[0];
}
