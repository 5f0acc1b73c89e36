/** Variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PASSED_ON = ['PATH', 'SYSTEMROOT', 'TEMP', 'TMP', 'TMPDIR'];

/** What a server needs of our environment: nothing that is secret or that would set it up differently. */
export function plainEnvironment(environment: Environment): Environment {
  return Object.fromEntries(PASSED_ON.map((name) => [name, environment[name]]));
}
