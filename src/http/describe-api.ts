import { readConfig } from '../config.ts';
import type { App } from '../flow/app.ts';
import { api, apiBase } from './api.ts';

/** The parts of JSON Schema that our own shapes turn into. */
type Schema = {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema | boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  propertyNames?: Schema;
  format?: string;
};
type Content = Record<string, { schema?: Schema }>;
type Operation = {
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { content?: Content }>;
};
export type OpenApi = {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
};

/** The OpenAPI 3.1 document that the routes describe. It needs no database: nothing is asked of the app. */
export async function describeApi(): Promise<OpenApi> {
  const answer = await api({ config: readConfig({}) } as App).request(`${apiBase}/openapi.json`);
  return (await answer.json()) as OpenApi;
}

const header = '/* Written by `npm run api` from the routes; do not edit. */\n';

/** The document as TypeScript, in the shape that `openapi-fetch` reads (that of openapi-typescript 7). */
export function typesOf({ paths, components }: OpenApi): string {
  const routes = Object.entries(paths).map(([path, operations]) => {
    const methods = Object.entries(operations).map(
      ([method, operation]) => `    ${method}: ${operationType(operation)};`,
    );
    return `  ${JSON.stringify(path)}: {\n${methods.join('\n')}\n  };`;
  });
  const schemas = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) => `    ${name}: ${typeOf(schema)};`,
  );
  return `${header}export interface paths {\n${routes.join('\n')}\n}\n\nexport interface components {\n  schemas: {\n${schemas.join('\n')}\n  };\n}\n`;
}

function operationType({ parameters = [], requestBody, responses }: Operation): string {
  const places = ['query', 'header', 'path', 'cookie'].map((place) => {
    const own = parameters.filter((parameter) => parameter.in === place);
    if (own.length === 0) return `${place}?: never`;
    const fields = own.map(
      ({ name, required, schema }) =>
        `${JSON.stringify(name)}${required ? '' : '?'}: ${typeOf(schema ?? {})}`,
    );
    return `${place}${own.some((each) => each.required) ? '' : '?'}: { ${fields.join('; ')} }`;
  });
  const body = requestBody
    ? `requestBody${requestBody.required ? '' : '?'}: { content: ${contentType(requestBody.content)} }`
    : 'requestBody?: never';
  const answers = Object.entries(responses).map(
    ([status, { content }]) =>
      `${status}: { headers: { [name: string]: unknown }; content${content ? `: ${contentType(content)}` : '?: never'} }`,
  );
  return `{ parameters: { ${places.join('; ')} }; ${body}; responses: { ${answers.join('; ')} } }`;
}

function contentType(content: Content): string {
  const types = Object.entries(content).map(
    ([type, { schema }]) => `${JSON.stringify(type)}: ${typeOf(schema ?? {})}`,
  );
  return `{ ${types.join('; ')} }`;
}

// Fails on what our shapes have not used so far, rather than to write a type that is not true.
function typeOf(schema: Schema): string {
  if (schema.$ref) return `components['schemas']['${schema.$ref.split('/').at(-1)}']`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const union = schema.anyOf ?? schema.oneOf;
  if (union) return `(${union.map(typeOf).join(' | ')})`;
  if (schema.allOf) return `(${schema.allOf.map(typeOf).join(' & ')})`;
  if (Array.isArray(schema.type))
    return `(${schema.type.map((type) => typeOf({ ...schema, type })).join(' | ')})`;
  switch (schema.type) {
    case 'string':
      return schema.format === 'binary' ? 'Blob' : 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
    case 'null':
      return schema.type;
    case 'array':
      return `${itemType(schema)}[]`;
    case 'object':
      return objectType(schema);
    case undefined:
      return 'unknown';
    default:
      throw new Error(`the type ${schema.type} is new: teach it to src/http/describe-api.ts`);
  }
}

function itemType({ items }: Schema): string {
  if (typeof items !== 'object') return 'unknown';
  return items.enum ? `(${typeOf(items)})` : typeOf(items);
}

function objectType({ properties = {}, required = [], additionalProperties }: Schema): string {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  );
  const rest = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : null;
  if (fields.length === 0) return `{ [name: string]: ${rest ?? 'unknown'} }`;
  return `{ ${fields.join('; ')} }`;
}
