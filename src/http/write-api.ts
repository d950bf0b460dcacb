import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeApi, typesOf } from './describe-api.ts';

// `npm run api`: writes what the routes say, for readers and for the pages' compiler.
const root = path.resolve(import.meta.dirname, '../..');
const described = await describeApi();
mkdirSync(path.join(root, 'docs/api'), { recursive: true });
writeFileSync(path.join(root, 'docs/api/openapi.json'), `${JSON.stringify(described, null, 2)}\n`);
writeFileSync(path.join(root, 'web/api.d.ts'), typesOf(described));
