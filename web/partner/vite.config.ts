import { defineConfig } from 'vite';
import { ownSentences } from '../own-sentences.ts';

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  // The phone gets its own sentences and the names of the states.
  plugins: [ownSentences('partner', 'state')],
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
