import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/**
 * The sentences of all pages and of the server lie in one file per language. A page gets only those whose keys begin
 * with one of these words.
 */
export function ownSentences(...words: string[]): Plugin {
  return {
    name: 'own-sentences',
    enforce: 'pre',
    load(id) {
      const [path = ''] = id.split('?');
      if (!/web\/texts\/\w+\.json$/.test(path)) return null;
      const all = Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>);
      const own = all.filter(([key]) => words.includes(key.split('.')[0]!));
      return { code: `export default ${JSON.stringify(Object.fromEntries(own))}`, moduleType: 'js' };
    },
  };
}
