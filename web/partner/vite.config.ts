import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** The sentences of all pages lie in one file per language. The phone gets only its own and the names of the states. */
const ownSentences: Plugin = {
  name: 'own-sentences',
  enforce: 'pre',
  load(id) {
    const [path = ''] = id.split('?');
    if (!/web\/texts\/\w+\.json$/.test(path)) return null;
    const all = Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>);
    const own = all.filter(([key]) => key.startsWith('partner.') || key.startsWith('state.'));
    return { code: `export default ${JSON.stringify(Object.fromEntries(own))}`, moduleType: 'js' };
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [ownSentences],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/partner',
    emptyOutDir: true,
    // Inlined files would need `data:` in more places of the content security policy than pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': 'http://localhost:4180' } },
});
