import type { Command } from 'commander';
import { examine } from '../doctor/examine';
import type { Finding, StepName } from '../doctor/step';
import { findInstallation, type Installation } from '../installation';
import { define, type Call, type CommandHost } from './define';

interface DoctorFlags {
  readonly model?: string;
  readonly origin?: string;
  readonly full?: boolean;
}

const LABELS: Readonly<Record<StepName, string>> = {
  name: 'Name',
  tls: 'TLS',
  healthz: '/healthz',
  readyz: '/readyz',
  key: 'Key',
  models: 'Models',
  paths: 'Paths',
  cors: 'CORS',
  budget: 'Budget',
  chat: 'Chat',
  stream: 'Stream',
  responses: 'Responses',
  messages: 'Messages',
  tools: 'Tools',
  image: 'Image',
};

/** `atelier doctor` */
export function addDoctor(program: Command, host: CommandHost): void {
  define<DoctorFlags>(program, host, {
    usage: 'doctor',
    summary: 'explain in plain language why a client does not work; its two test chats are charged as usual',
    examples: [
      'doctor',
      'doctor --base-url https://atelier.example.com/v1 --key KEY',
      'doctor --model gpt-5-mini --json',
      'doctor --full --origin https://chat.example.com',
    ],
    options: (command) => {
      command
        .option('--model <name>', 'the text model to test (default: the first available one)')
        .option('--origin <url>', 'a web page whose browsers are to call, such as https://chat.example.com (default: any)')
        .option('--full', 'also ask by Responses and Messages, for a tool call and for an image; charged as usual');
    },
    async run(call) {
      const { flags, isJson, output, deps } = call;
      const { baseUrl, key } = installationOf(call);
      const show = isJson ? output.note : output.line;
      show(`Looking at ${baseUrl}`);
      const found = await examine({
        baseUrl,
        key,
        model: flags.model ?? null,
        pageOrigin: flags.origin ?? null,
        isFull: flags.full === true,
        fetch: deps.fetch,
        onStep: (name, finding) => show(stepText(name, finding)),
      });
      const isWell = found.every(([, { ok }]) => ok !== false);
      if (isJson) {
        const steps = found.map(([name, { ok, message, advice = [] }]) => ({ name, ok, message, advice }));
        output.json({ ok: isWell, base_url: baseUrl, steps });
      } else {
        output.line(isWell ? 'All checks passed.' : 'Some checks failed: see ✗ above.');
      }
      return isWell ? 0 : 1;
    },
  });
}

/** The installation to look at; a missing key is something to find, not to stop at. */
function installationOf({ flags, deps }: Call<DoctorFlags>): Pick<Installation, 'baseUrl' | 'key'> {
  try {
    return findInstallation(flags, deps.environment, 'team');
  } catch (error) {
    if (flags.baseUrl === undefined) throw error;
    return { baseUrl: flags.baseUrl.trim(), key: '' };
  }
}

function stepText(name: StepName, { ok, message, advice = [] }: Finding): string {
  const mark = ok === null ? '-' : ok ? '✓' : '✗';
  return [`${mark} ${LABELS[name].padEnd(9)} ${message}`, ...advice.map((line) => `${' '.repeat(12)}→ ${line}`)].join('\n');
}
