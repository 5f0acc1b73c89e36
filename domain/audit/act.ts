/** By which way an act came: a program's API key, the CLI, the console, the configuration file, the installation itself, or SQL by hand. */
export const ACT_WAYS = ['api', 'cli', 'console', 'file', 'system', 'database'] as const;
export type ActWay = (typeof ACT_WAYS)[number];

/** Who is doing something to the installation, for the audit log. */
export interface Act {
  /**
   * `user:user_…`, `admin_key`, `key:team/name`, `config_file`, `system`, or `anonymous`: somebody who is about to sign in, and is then told
   * by what they do.
   */
  readonly actor: string;
  readonly via: ActWay;
  /** Address of the client; null: there is none. */
  readonly ip: string | null;
  /** The answer's `x-request-id`; null: no request. */
  readonly requestId: string | null;
}

/** Says of all that the database is asked to do within a piece of work who does it. */
export interface ActScope {
  /** Runs the work, and what it awaits, as this act. */
  run<T>(act: Act, work: () => T): T;
  /** Of the work that is running; null: none, it is the installation's own. */
  current(): Act | null;
}

/** What the configuration file does when it is applied by the installation itself. */
export const BY_CONFIG_FILE: Act = { actor: 'config_file', via: 'file', ip: null, requestId: null };
