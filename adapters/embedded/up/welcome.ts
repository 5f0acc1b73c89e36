import { seconds } from '../process/supervise';
import { CONSOLE_EMAIL, type Credentials } from './credentials';

export interface WelcomeFacts {
  readonly credentials: Credentials;
  readonly credentialsFile: string;
  readonly textModel: string | null;
  /** null when Temporal is not ours. */
  readonly temporalUi: string | null;
  /** Vendors that the lab imitates; empty: it does not run. */
  readonly labKinds: readonly string[];
  readonly tookMs: number;
}

/** The lines that say where to go. */
export function welcome({ credentials, credentialsFile, textModel, temporalUi, labKinds, tookMs }: WelcomeFacts): string {
  const key = 'test' in credentials.keys ? credentials.keys.test : null;
  const rows: readonly (readonly [string, string])[] = [
    ['Console', `${new URL(credentials.base_url).origin}/console/`],
    ['Sign in', `${CONSOLE_EMAIL}, password ${credentials.console_password}`],
    ['Base URL', credentials.base_url],
    ['API key', key === null ? 'one of the keys in your configuration' : `${key}  (team sample, class test)`],
    ...(temporalUi === null ? [] : [['Temporal', temporalUi] as const]),
    ['All keys', credentialsFile],
    ...(labKinds.length === 0
      ? []
      : [['Lab', `simulated vendors, nothing real: models lab-KIND-text|image|video of ${labKinds.join(', ')} (docs/lab.md)`] as const]),
  ];
  const lines = [
    '',
    `Atelier is ready (${seconds(tookMs)})`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(10)} ${value}`),
    '',
    'Try it:',
    '',
    curl(credentials.base_url, key, textModel),
    '',
    'Ctrl-C stops everything.',
    '',
  ];
  return lines.join('\n');
}

function curl(baseUrl: string, key: string | null, model: string | null): string {
  return [
    `  curl ${baseUrl}/chat/completions \\`,
    `    -H "Authorization: Bearer ${key ?? 'YOUR_KEY'}" -H "Content-Type: application/json" \\`,
    `    -d '{"model":"${model ?? 'MODEL'}","messages":[{"role":"user","content":"Hello"}]}'`,
  ].join('\n');
}
