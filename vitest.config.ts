import { defineConfig } from 'vitest/config';

import ClosingLine from './test/closing-line.ts';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'bench/**/*.test.ts',
      'test/**/*.test.ts',
      'demo/**/*.test.ts',
      'web/admin/**/*.test.ts',
    ],
    isolate: false,
    globalSetup: './test/cluster.ts',
    setupFiles: './test/quiet.ts',
    reporters: ['default', new ClosingLine()],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
