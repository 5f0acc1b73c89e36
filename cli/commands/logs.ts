import { setTimeout as pause } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import { CREDENTIAL_CLASSES } from '../../domain/access/classes';
import { CALL_ENDPOINTS } from '../../domain/records/endpoints';
import { TASK_STATUSES } from '../../domain/task/task';
import { usd, wholeNumber } from '../flag-values';
import type { ApiClient } from '../http/client';
import { saveAnswer } from '../http/save-answer';
import { readPages, type Page } from '../pages';
import { table } from '../table';
import { define, type CommandHost } from './define';
import { addShowCall } from './show-call';

/** A call as the API answers it; the fields that people are shown. */
interface CallObject {
  readonly id: string;
  readonly at: string;
  readonly endpoint: string;
  readonly team: string | null;
  readonly credential: string | null;
  readonly model: string;
  readonly served_model: string | null;
  readonly provider: string | null;
  readonly status: string;
  readonly http_status: number | null;
  readonly error_code: string | null;
  readonly cost_usd: string;
  readonly latency_ms: { readonly total: number | null };
}

/** Filters of the API, by the names of their options. */
interface Filters {
  readonly from?: string;
  readonly to?: string;
  readonly team?: string;
  readonly project?: string;
  readonly credentialName?: string;
  readonly class?: string;
  readonly member?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly status?: string;
  readonly errorCode?: string;
  readonly endpoint?: string;
  readonly minCost?: string;
  readonly q?: string;
}

interface LogsFlags extends Filters {
  readonly all?: true;
  readonly limit: number;
  readonly after?: string;
  readonly follow?: true;
  readonly csv?: string;
}

const FOLLOW_EVERY_MS = 2_000;
/** A call appears when it has ended: those that began so long ago are looked for. */
const FOLLOW_BACK_MS = 30 * 60_000;
const MOST_AT_ONCE = 1_000;

/** `atelier logs` */
export function addLogs(program: Command, host: CommandHost): void {
  const logs = define<LogsFlags>(program, host, {
    usage: 'logs',
    summary: 'requests that named a model, refused ones too, newest first; --team and --all need the admin key',
    examples: [
      'logs --status failed --limit 50',
      'logs --follow --model sandbox-text',
      'logs --team studio --from 2026-11-01T00:00:00Z --csv november.csv',
    ],
    options: addFilters,
    async run({ flags, isJson, output, connect, deps, showPage }) {
      const isForAll = flags.all === true || flags.team !== undefined;
      const { client } = connect(isForAll ? 'admin' : 'team');
      const source = { client, path: isForAll ? '/admin/v1/logs' : '/v1/logs', query: queryOf(flags) };
      if (flags.csv !== undefined) {
        await saveAnswer(client, { path: source.path, query: { ...source.query, format: 'csv' } }, flags.csv);
        output.note(`The log is in ${flags.csv}.`);
        return 0;
      }
      if (flags.follow === true) {
        const tell = (calls: readonly CallObject[]) => {
          for (const call of calls) if (isJson) output.jsonLine(call);
          if (!isJson) for (const call of calls) output.line(lineOf(call).join('  '));
        };
        await followCalls(source, deps.interruption(), tell);
        return 0;
      }
      const page = await read(source, flags.limit);
      showPage(page, 'No calls.', (calls) => table(HEAD, calls.map(lineOf)));
      return 0;
    },
  });
  addShowCall(logs, host);
}

function addFilters(command: Command): void {
  command
    .enablePositionalOptions()
    .option('--from <time>', 'from this time on, such as 2026-11-24T12:00:00Z')
    .option('--to <time>', 'before this time')
    .option('--team <team>', 'of this team')
    .option('--all', 'of all teams')
    .option('--project <project>', 'of this project')
    .option('--credential-name <name>', 'of this key')
    .addOption(new Option('--class <class>', 'of keys of this class').choices(CREDENTIAL_CLASSES))
    .option('--member <email>', 'of keys of this person')
    .option('--model <model>', 'that named this model')
    .option('--provider <provider>', 'that this provider served')
    .addOption(new Option('--status <status>', 'that ended like this').choices(TASK_STATUSES))
    .option('--error-code <code>', 'that ended with this error')
    .addOption(new Option('--endpoint <endpoint>', 'that came in there').choices(CALL_ENDPOINTS))
    .addOption(new Option('--min-cost <usd>', 'that cost at least so much').argParser(usd))
    .option('--q <text>', 'with this id, or this part of a model, client, address, provider or error code')
    .option('--limit <count>', 'maximum number of results', wholeNumber, 20)
    .option('--after <call>', 'continue after this call (the last one of the previous page)')
    .addOption(new Option('--follow', 'print calls as they end, until Ctrl-C').conflicts(['after', 'to', 'csv']))
    .option('--csv <file>', 'write all of them into a CSV file');
}

function queryOf({ credentialName, errorCode, minCost, ...flags }: LogsFlags): Readonly<Record<string, string | undefined>> {
  const { from, to, team, project, member, model, provider, status, endpoint, q, after } = flags;
  const same = { from, to, team, project, class: flags.class, member, model, provider, status, endpoint, q, after };
  return { ...same, credential: credentialName, error_code: errorCode, min_cost_usd: minCost };
}

interface Source {
  readonly client: ApiClient;
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
}

function read({ client, path, query }: Source, limit: number, signal?: AbortSignal): Promise<Page<CallObject>> {
  const list = { path, query, cursorOf: ({ id }: CallObject) => id, ...(signal === undefined ? {} : { signal }) };
  return readPages<CallObject>(client, list, limit);
}

/** Tells each call once, the oldest first, until it is interrupted. */
async function followCalls(source: Source, signal: AbortSignal, tell: (calls: readonly CallObject[]) => void): Promise<void> {
  const begun = new Date().toISOString();
  let told = new Set<string>();
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    const back = new Date(Date.now() - FOLLOW_BACK_MS).toISOString();
    const from = source.query['from'] ?? (back > begun ? back : begun);
    try {
      const { data } = await read({ ...source, query: { ...source.query, from } }, MOST_AT_ONCE, signal);
      tell(data.filter(({ id }) => !told.has(id)).toReversed());
      told = new Set(data.map(({ id }) => id));
      await pause(FOLLOW_EVERY_MS, undefined, { signal });
    } catch (error) {
      if (!isOver()) throw error;
    }
  }
}

const HEAD = ['TIME', 'STATUS', 'ENDPOINT', 'MODEL', 'SERVED BY', 'TEAM', 'KEY', 'USD', 'MS', 'ERROR', 'CALL'];

function lineOf(call: CallObject): readonly string[] {
  const served = call.served_model === null || call.served_model === call.model ? '' : `:${call.served_model}`;
  return [
    call.at.slice(0, 19).replace('T', ' '),
    String(call.http_status ?? call.status),
    call.endpoint,
    call.model,
    call.provider === null ? '' : `${call.provider}${served}`,
    call.team ?? '',
    call.credential ?? '',
    call.cost_usd,
    call.latency_ms.total?.toString() ?? '',
    call.error_code ?? '',
    call.id,
  ];
}
