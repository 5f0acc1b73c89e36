/** Variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PASSED_ON = ['PATH', 'SYSTEMROOT', 'TEMP', 'TMP', 'TMPDIR'];

/** What a server needs of our environment: nothing that is secret or that would set it up differently. */
export function plainEnvironment(environment: Environment): Environment {
  return Object.fromEntries(PASSED_ON.map((name) => [name, environment[name]]));
}

/** One process of the installation as data: what to run, how to know that it serves, how to end it. */
export interface ProcessSpec {
  /** Short name: of its log, its process file and its row in the list of ports. */
  readonly name: string;
  /** As people read it. */
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user to run as; absent: ours. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** How far it stands back when the processors are short, 0 to 19; absent: not at all. The api and Postgres answer those who wait. */
  readonly niceness?: number;
  /** A word that its command line always holds. */
  readonly word: string;
  /** Node processes get a channel whose end tells them that the supervisor is gone; servers are watched by the guardian. */
  readonly kind: 'node' | 'server';
  readonly stopSignal: NodeJS.Signals;
  readonly stopWithinMs: number;
  readonly readyWithinMs: number;
  /** Runs before each start: clears what a crash left. */
  readonly prepare?: () => Promise<void>;
  /** True once it serves. Asked again and again until then. */
  readonly isReady: () => Promise<boolean>;
  /** What to add to the line that says it is ready, such as an address. */
  readonly where?: string;
}
