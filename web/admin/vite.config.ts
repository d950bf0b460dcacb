import { defineConfig } from 'vite';
import { ownSentences } from '../own-sentences.ts';

/** The brand's pages: built to web/dist/admin and served at /admin/. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/admin/',
  plugins: [ownSentences('admin', 'kind', 'review', 'role', 'measure')],
  build: {
    outDir: '../dist/admin',
    emptyOutDir: true,
    // The first versions with light-dark(), which the tokens are written in.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // A data: URL in a style sheet would need its own word in the content security policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // Mantine marks every module 'use client' for servers that render React; here nothing is rendered on a server.
      onLog: (level, log, report) => log.code === 'MODULE_LEVEL_DIRECTIVE' || report(level, log),
    },
  },
});
