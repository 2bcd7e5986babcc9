const project = {
  testEnvironment: 'node',
  rootDir: import.meta.dirname,
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: { '^@larder/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts', '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
      },
    ],
  },
  setupFiles: ['reflect-metadata'],
  clearMocks: true,
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.larder'],
};
const servers = {
  globalSetup: '<rootDir>/test/support/servers.setup.mjs',
  globalTeardown: '<rootDir>/test/support/servers.teardown.mjs',
};

export default {
  coverageProvider: 'v8',
  // Modules of ES are never given back by a process, so a worker that has grown is replaced; this also rules out one for all.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 30_000, // of all projects: inside one it is not looked at
  testSequencer: '<rootDir>/test/support/last.sequencer.mjs',
  projects: [
    { ...project, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts'] },
    {
      ...project,
      ...servers,
      displayName: 'servers',
      testMatch: ['<rootDir>/test/**/*spec.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/fault/'], // they are of the next project
    },
    // The laboratory of faults, whose servers are its own: `npm test` runs it after all others, one spec at a time.
    { ...project, displayName: 'faults', testMatch: ['<rootDir>/test/fault/**/*.spec.ts'] },
  ],
};
