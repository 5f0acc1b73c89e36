import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, chownSync } from 'node:fs';
import { StartFailure } from '../failure';

/** How to run a server that refuses to be root: words to put before the command, or the user to switch to. */
export interface OtherUser {
  readonly prefix: readonly string[];
  readonly user?: { readonly uid: number; readonly gid: number };
}

/**
 * Postgres refuses to run as root. For root a system user without rights is taken (`postgres`, else `nobody`), which owns the
 * data folder. When a folder on the way is closed to that user, the right to pass (and nothing else) is handed along by `setpriv`.
 *
 * @throws StartFailure when there is no way
 */
export function otherUserThanRoot(dataFolder: string, program: string): OtherUser {
  if (process.getuid?.() !== 0) {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    return { prefix: [] };
  }
  const user = systemUser();
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  chownSync(dataFolder, user.uid, user.gid);
  const ways: readonly OtherUser[] = [
    { prefix: [], user },
    {
      prefix: [
        'setpriv',
        `--reuid=${user.uid}`,
        `--regid=${user.gid}`,
        '--clear-groups',
        '--securebits=+no_setuid_fixup',
        '--inh-caps=+dac_override',
        '--ambient-caps=+dac_override',
      ],
    },
  ];
  const way = ways.find((candidate) => canReach(candidate, dataFolder, program));
  if (way !== undefined) return way;
  throw new StartFailure(
    `Postgres does not run as root, and the system user it would run as cannot reach ${dataFolder}. Start as another user, or set DATABASE_URL.`,
  );
}

/** Tried for real: what `test` says about rights knows nothing of a right that was handed along. */
function canReach({ prefix, user }: OtherUser, folder: string, program: string): boolean {
  const trials = [
    ['ls', folder],
    [program, '--version'],
  ];
  try {
    for (const words of trials) {
      const [command = 'ls', ...args] = [...prefix, ...words];
      execFileSync(command, args, { ...user, cwd: '/', stdio: 'ignore' });
    }
    return true;
  } catch {
    return false;
  }
}

function systemUser(): { uid: number; gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = ['postgres', 'nobody'].map((name) => users.find((fields) => fields[0] === name)).find((fields) => fields !== undefined);
  if (found === undefined)
    throw new StartFailure('Postgres does not run as root, and the system has no user `postgres` or `nobody`. Set DATABASE_URL.');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}
