import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The same build of graphql for the sources under test as for the packages that they use.
  ssr: { resolve: { mainFields: ['main'] } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/build.ts',
    // One process: its test files share one set of inference threads, and the machine has few cores.
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
