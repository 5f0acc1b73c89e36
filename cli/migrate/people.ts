import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Option, type Command } from 'commander';
import { configFromEnv, type FromEnv } from '../../importer/from-env/from-env';
import { NOTICE_AUDIENCES, NOTICE_LANGUAGES, noticeText, type NoticeAudience, type NoticeLanguage } from '../../domain/migration/notice';
import { readPlan } from '../../importer/plan/read';
import { surveyOf } from '../../importer/plan/survey';
import type { Environment } from '../deps';
import { CliFailure, usageFailure } from '../failure';
import { define, type CommandHost } from '../commands/define';
import { findInstallation } from '../installation';

const DAY_MS = 86_400_000;

interface NoticeFlags {
  readonly lang: NoticeLanguage;
  readonly audience: NoticeAudience;
  readonly from?: string;
  readonly until?: string;
  readonly contact?: string;
  readonly baseUrl?: string;
}

/** `atelier migrate notice` */
export function addNotice(migrate: Command, host: CommandHost): void {
  define<NoticeFlags>(migrate, host, {
    usage: 'notice <plan>',
    summary: 'a text to send: dates, address, what changes and what does not, whom to ask',
    examples: [
      'migrate notice plan.yaml --lang zh --audience users',
      'migrate notice plan.yaml --from 2026-12-01 --contact "it@studio.example"',
    ],
    options: (command) =>
      command
        .addOption(new Option('--lang <language>', 'of the text').choices(NOTICE_LANGUAGES).default('en'))
        .addOption(new Option('--audience <whom>', 'whom it is for').choices(NOTICE_AUDIENCES).default('users'))
        .option('--from <date>', 'when the new address holds (default: today)')
        .option('--until <date>', 'until when the old one works (default: 30 days later)')
        .option('--contact <whom>', 'whom to ask')
        .option('--base-url <url>', 'the new address (else ATELIER_BASE_URL, else the one in ATELIER_HOME)'),
    isRemote: false,
    async run({ args, flags, deps, show }) {
      const plan = await readPlan(args[0] ?? '');
      const from = dateOf('--from', flags.from ?? new Date().toISOString());
      const facts = {
        baseUrl: baseUrlOf(flags, deps.environment),
        from,
        until: dateOf('--until', flags.until ?? new Date(Date.parse(from) + 30 * DAY_MS).toISOString()),
        contact: flags.contact ?? (flags.lang === 'zh' ? '管理员' : 'your administrator'),
      };
      const text = noticeText((await surveyOf(plan)).facts, flags.audience, flags.lang, facts);
      show({ lang: flags.lang, audience: flags.audience, ...facts, text }, () => text);
      return 0;
    },
  });
}

function dateOf(flag: string, text: string): string {
  const day = text.slice(0, 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day)))
    throw usageFailure(`${flag} is no date.`, 'Write it as 2026-12-01.');
  return day;
}

/** The address of the installation if this machine knows one, else how one looks. */
function baseUrlOf({ baseUrl }: NoticeFlags, environment: Environment): string {
  const given = baseUrl ?? environment['ATELIER_BASE_URL'] ?? '';
  if (given !== '') return given.replace(/\/+$/, '');
  try {
    return findInstallation({}, environment, 'team').baseUrl;
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    return 'https://YOUR-ATELIER/v1';
  }
}

/** `atelier migrate from-env` */
export function addFromEnv(migrate: Command, host: CommandHost): void {
  define<{ readonly out: string }>(migrate, host, {
    usage: 'from-env <file>',
    summary: 'make a configuration file of a .env or of LiteLLM’s config.yaml; keys stay where they are, the file refers to them',
    examples: ['migrate from-env .env --out atelier.yaml', 'migrate from-env litellm/config.yaml --out atelier.yaml'],
    options: (command) => command.requiredOption('--out <file>', 'the file to write'),
    isRemote: false,
    async run({ args, flags, deps, show }) {
      const file = args[0] ?? '';
      const made = await configFromEnv(readText(file), basename(file), deps.checkConfig);
      writeNew(flags.out, made.yaml);
      const { yaml: _, ...facts } = made;
      show({ config: flags.out, ...facts }, () => fromEnvText(made, flags.out));
      return 0;
    },
  });
}

const MAX_BYTES = 4 * 2 ** 20;

function readText(file: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes.length <= MAX_BYTES) return bytes.toString('utf8');
  } catch (error) {
    throw new CliFailure(`${file} cannot be read.`, { code: 'source', advice: ['Give a .env file or LiteLLM’s config.yaml.'] }, error);
  }
  throw new CliFailure(`${file} is larger than 4 MiB: it is neither a .env file nor LiteLLM’s config.yaml.`, { code: 'source' });
}

/** What a person wrote is not overwritten. */
function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CliFailure(`${file} is there already.`, { code: 'conflict', advice: ['Give another name with --out, or remove it.'] }, error);
  }
}

function fromEnvText({ providers, models, variables, left }: FromEnv, out: string): string {
  return [
    `✓ ${out} has ${String(providers.length)} providers and ${String(models.length)} models. It holds no key: it refers to ${variables.join(', ')}.`,
    ...(left.length === 0 ? [] : ['', 'What stays behind:', ...left.map(({ what, why }) => `  ${what}: ${why}`)]),
    '',
    `Set the variables, then: atelier config check ${out}, and ATELIER_CONFIG=${out} npm start.`,
  ].join('\n');
}
