import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { ALERT_ACTIONS, ALERT_RULES, ANOMALY_SUBJECTS } from '../../domain/alert/rule';
import { usageFailure } from '../failure';
import { collect, usd, wholeNumber } from '../flag-values';
import { asObject, parseJson } from '../json-value';
import { readPages } from '../pages';
import { table } from '../table';
import { define, type CommandHost } from './define';

/** What people are shown of an alert. */
interface AlertObject {
  readonly id: string;
  readonly name: string;
  readonly rule: string;
  readonly team: string | null;
  readonly credential: string | null;
  readonly thresholds: readonly number[];
  readonly below?: string | null;
  readonly currency?: string | null;
  readonly actions: readonly string[];
  readonly channels: readonly {
    readonly type: string;
    readonly secret?: string;
    readonly url?: string;
    readonly to?: string | readonly string[];
  }[];
  readonly managed_by: string;
}

interface CreateFlags {
  readonly rule?: string;
  readonly team?: string;
  readonly ofKey?: string;
  readonly threshold?: readonly string[];
  readonly minUsd?: string;
  readonly below?: string;
  readonly currency?: string;
  readonly action?: readonly string[];
  readonly throttle?: number;
  readonly maxCost?: string;
  readonly webhook?: readonly string[];
  readonly slack?: readonly string[];
  readonly email?: readonly string[];
  readonly language?: string;
  readonly body?: string;
}

interface BacktestFlags {
  readonly from: string;
  readonly to: string;
  readonly alert?: string;
  readonly team?: string;
  readonly threshold?: string;
  readonly minUsd?: string;
  readonly by?: string;
}

/** `atelier alerts ...` */
export function addAlertCommands(program: Command, host: CommandHost): void {
  const alerts = program.command('alerts').description('rules that open incidents and tell of them (needs the admin key)');
  define<{ readonly rule?: string; readonly team?: string; readonly limit: number }>(alerts, host, {
    usage: 'list',
    summary: 'alerts, newest first',
    examples: ['alerts list', 'alerts list --rule budget --json'],
    options: (command) =>
      void command
        .addOption(new Option('--rule <rule>', 'only of this rule').choices(ALERT_RULES))
        .option('--team <team>', 'only of this team')
        .option('--limit <count>', 'maximum number of results', wholeNumber, 100),
    async run({ flags, connect, showPage }) {
      const list = { path: '/admin/v1/alerts', query: { rule: flags.rule, team: flags.team }, cursorOf: ({ id }: AlertObject) => id };
      showPage(await readPages<AlertObject>(connect('admin').client, list, flags.limit), 'No alerts.', alertTable);
      return 0;
    },
  });
  define<CreateFlags>(alerts, host, {
    usage: 'create <name>',
    summary: 'create an alert; secrets that are made for its webhooks are shown only this once',
    examples: [
      'alerts create "studio budget" --rule budget --team studio --threshold 80 --threshold 100 --email ops@studio.example',
      'alerts create runaway --rule anomaly --min-usd 2 --action freeze_credential --slack https://hooks.slack.com/services/…',
      'alerts create night --body alert.json',
    ],
    options: (command) =>
      void command
        .addOption(new Option('--rule <rule>', 'what it watches').choices(ALERT_RULES))
        .option('--team <team>', 'whose (default: all)')
        .option('--of-key <name>', 'the one key of the team that it watches')
        .option('--threshold <number>', 'fires at or above; repeatable', collect)
        .option('--min-usd <amount>', 'anomaly: what an hour must at least have cost', usd)
        .option('--below <amount>', 'provider_balance_low: fires when less is left (default 10)', usd)
        .option('--currency <currency>', 'of --below, as the provider tells it: USD, CNY, credits (default USD)')
        .addOption(new Option('--action <action>', 'repeatable').choices(ALERT_ACTIONS).argParser(collect))
        .option('--throttle <count>', 'throttle: requests a minute that the key has left (default 6)', wholeNumber)
        .option('--max-cost <amount>', 'limit_cost: what one request of the key may cost at most', usd)
        .option('--webhook <url>', 'tell this signed webhook; repeatable', collect)
        .option('--slack <url>', 'tell this chat, by its incoming webhook; repeatable', collect)
        .option('--email <address>', 'tell by e-mail; repeatable', collect)
        .addOption(new Option('--language <language>', 'of what is told').choices(['en', 'zh']))
        .option('--body <file>', 'a JSON file with the rest of the body, as POST /admin/v1/alerts takes it'),
    async run({ args, flags, isJson, output, connect, show }) {
      const body = { ...(await bodyOf(flags.body)), ...bodyOfFlags(args[0] ?? '', flags) };
      const created = (await connect('admin').client.call({ method: 'POST', path: '/admin/v1/alerts', body })) as AlertObject;
      const secrets = created.channels.flatMap(({ url, secret }) => (secret === undefined ? [] : [`${url ?? ''}  ${secret}`]));
      if (!isJson && secrets.length > 0) output.note('Secrets that sign its webhooks. Store them now: they will not be shown again.');
      show(created, () => [`✓ ${created.name} created (${created.id}).`, ...secrets].join('\n'));
      return 0;
    },
  });
  define(alerts, host, {
    usage: 'test <alert>',
    summary: 'send a test by each channel of an alert, by its id or name',
    examples: ['alerts test runaway'],
    async run({ args, connect, show }) {
      const answer = (await connect('admin').client.call({ method: 'POST', path: `${pathOf(args[0])}/test` })) as {
        readonly data: readonly { readonly channel_id: string; readonly status: string; readonly error: string | null }[];
      };
      show(answer, () =>
        table(
          ['CHANNEL', 'STATUS', 'ERROR'],
          answer.data.map((one) => [one.channel_id, one.status, one.error ?? '']),
        ),
      );
      return answer.data.every(({ status }) => status === 'delivered') ? 0 : 1;
    },
  });
  define(alerts, host, {
    usage: 'delete <alert>',
    summary: 'delete an alert and resolve its incidents',
    examples: ['alerts delete runaway'],
    async run({ args, connect, show }) {
      const answer = await connect('admin').client.call({ method: 'DELETE', path: pathOf(args[0]) });
      show(answer, () => `${args[0] ?? ''} is deleted.`);
      return 0;
    },
  });
  define<BacktestFlags>(alerts, host, {
    usage: 'backtest',
    summary: 'what the rule anomaly would have found in the past',
    examples: [
      'alerts backtest --from 2026-11-01 --to 2026-12-01',
      'alerts backtest --from 2026-11-01 --to 2026-11-08 --alert runaway --json',
    ],
    options: (command) =>
      void command
        .requiredOption('--from <time>', 'a day or a time')
        .requiredOption('--to <time>', 'before this day or time')
        .option('--alert <alert>', 'with the settings of this alert')
        .option('--team <team>', 'only this team')
        .option('--threshold <number>', 'times the usual (default 4)')
        .option('--min-usd <amount>', 'what an hour must at least have cost', usd)
        .option('--by <names>', `${ANOMALY_SUBJECTS.join(', ')}; several with commas between them`),
    async run({ flags, connect, show }) {
      const { threshold, minUsd, by, ...rest } = flags;
      const body = {
        from: rest.from,
        to: rest.to,
        alert: rest.alert,
        team: rest.team,
        threshold: threshold === undefined ? undefined : Number(threshold),
        min_usd: minUsd,
        by: by?.split(','),
      };
      const answer = (await connect('admin').client.call({ method: 'POST', path: '/admin/v1/alerts/backtest', body })) as {
        readonly data: readonly { readonly from: string; readonly hours: number; readonly title: string }[];
      };
      show(answer, () =>
        answer.data.length === 0
          ? 'Nothing would have been found.'
          : table(
              ['FROM', 'HOURS', 'WHAT'],
              answer.data.map(({ from, hours, title }) => [from, String(hours), title]),
            ),
      );
      return 0;
    },
  });
}

function bodyOfFlags(name: string, flags: CreateFlags): Record<string, unknown> {
  const { rule, team, ofKey, threshold, minUsd, below, currency, action, throttle, maxCost, language } = flags;
  const channel = (type: string, target: object) => ({ type, ...target, ...(language === undefined ? {} : { language }) });
  const channels = [
    ...(flags.webhook ?? []).map((url) => channel('webhook', { url })),
    ...(flags.slack ?? []).map((url) => channel('slack', { url })),
    ...(flags.email ?? []).map((to) => channel('email', { to })),
  ];
  const given = {
    rule,
    team,
    credential: ofKey,
    thresholds: threshold?.map(Number),
    min_usd: minUsd,
    below,
    currency,
    actions: action,
    throttle_requests_per_minute: throttle,
    max_cost_per_request_usd: maxCost,
    ...(channels.length === 0 ? {} : { channels }),
  };
  return { name, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}

async function bodyOf(file: string | undefined): Promise<object> {
  if (file === undefined) return {};
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw usageFailure(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'}).`);
  });
  const body = asObject(parseJson(text));
  if (body === null) throw usageFailure(`${file} is not a JSON object.`);
  return body;
}

function pathOf(alert: string | undefined): string {
  return `/admin/v1/alerts/${encodeURIComponent(alert ?? '')}`;
}

function alertTable(alerts: readonly AlertObject[]): string {
  return table(
    ['NAME', 'RULE', 'OF', 'THRESHOLDS', 'ACTIONS', 'CHANNELS', 'MANAGED BY'],
    alerts.map(({ name, rule, team, credential, thresholds, below, currency, actions, channels, managed_by: by }) => [
      name,
      rule,
      [team ?? 'all', ...(credential === null ? [] : [credential])].join('/'),
      typeof below === 'string' ? `< ${below} ${currency ?? ''}` : thresholds.join(', '),
      actions.join(', '),
      channels.map(({ type }) => type).join(', '),
      by,
    ]),
  );
}
