import { Option, type Command } from 'commander';
import { INCIDENT_STATES, NOTE_AUDIENCES } from '../../domain/alert/incident';
import { wholeNumber } from '../flag-values';
import { readPages } from '../pages';
import { facts, table } from '../table';
import { define, type CommandHost } from './define';

/** What people are shown of an incident. */
interface IncidentObject {
  readonly id: string;
  readonly alert: { readonly name: string } | null;
  readonly severity: string;
  readonly state: string;
  readonly title: string;
  readonly opened_at: string;
  readonly resolved_at: string | null;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly timeline: readonly { readonly at: string; readonly event: string; readonly actor: string; readonly detail: string | null }[];
  readonly note: { readonly audience: string; readonly text: string } | null;
  readonly notices: readonly { readonly kind: string; readonly status: string; readonly error: string | null }[];
}

interface ListFlags {
  readonly state: string;
  readonly team?: string;
  readonly lang?: string;
  readonly limit: number;
}

/** `atelier incidents ...` */
export function addIncidentCommands(program: Command, host: CommandHost): void {
  const incidents = program.command('incidents').description('what alerts found (needs the admin key)');
  const language = () => new Option('--lang <language>', 'of the titles').choices(['en', 'zh']);
  define<ListFlags>(incidents, host, {
    usage: 'list',
    summary: 'incidents, newest first; by default those that are not resolved',
    examples: ['incidents list', 'incidents list --state all --team studio --json'],
    options: (command) =>
      void command
        .addOption(new Option('--state <state>', 'in this state').choices(['active', 'all', ...INCIDENT_STATES]).default('active'))
        .option('--team <team>', 'only of this team')
        .addOption(language())
        .option('--limit <count>', 'maximum number of results', wholeNumber, 50),
    async run({ flags, connect, showPage }) {
      const { state, team, lang, limit } = flags;
      const query = { state: state === 'all' ? undefined : state, team, lang };
      const list = { path: '/admin/v1/incidents', query, cursorOf: ({ id }: IncidentObject) => id };
      showPage(await readPages<IncidentObject>(connect('admin').client, list, limit), 'No incidents.', incidentTable);
      return 0;
    },
  });
  define<{ readonly lang?: string }>(incidents, host, {
    usage: 'show <incident>',
    summary: 'show an incident with its evidence, its timeline and whom it was told',
    examples: ['incidents show inc_0190…'],
    options: (command) => void command.addOption(language()),
    async run({ args, flags, connect, show }) {
      const path = pathOf(args[0]);
      const incident = (await connect('admin').client.call({ path, query: { lang: flags.lang } })) as IncidentObject;
      show(incident, () => incidentText(incident));
      return 0;
    },
  });
  for (const [verb, summary] of [
    ['acknowledge', 'say that somebody looks after an incident; it is escalated no more'],
    ['resolve', 'resolve an incident; what it did to keys is undone'],
  ] as const) {
    define(incidents, host, {
      usage: `${verb} <incident>`,
      summary,
      examples: [`incidents ${verb} inc_0190…`],
      async run({ args, connect, show }) {
        const incident = (await connect('admin').client.call({ method: 'POST', path: `${pathOf(args[0])}/${verb}` })) as IncidentObject;
        show(incident, () => `${incident.id} is ${incident.state}.`);
        return 0;
      },
    });
  }
  define<{ readonly audience: string; readonly lang: string }>(incidents, host, {
    usage: 'note <incident> <text>',
    summary: 'write what people are told of an incident',
    examples: ['incidents note inc_0190… "Images are slow; we are on it." --audience public'],
    options: (command) =>
      void command
        .addOption(new Option('--audience <audience>', 'who reads it').choices(NOTE_AUDIENCES).default('users'))
        .addOption(new Option('--lang <language>', 'of the text').choices(['en', 'zh']).default('en')),
    async run({ args, flags, connect, show }) {
      const body = { audience: flags.audience, lang: flags.lang, text: args[1] };
      const incident = (await connect('admin').client.call({ method: 'POST', path: `${pathOf(args[0])}/note`, body })) as IncidentObject;
      show(incident, () => `Noted at ${incident.id}.`);
      return 0;
    },
  });
}

function pathOf(id: string | undefined): string {
  return `/admin/v1/incidents/${encodeURIComponent(id ?? '')}`;
}

function incidentTable(incidents: readonly IncidentObject[]): string {
  return table(
    ['ID', 'STATE', 'SEVERITY', 'OPENED', 'WHAT'],
    incidents.map(({ id, state, severity, opened_at: opened, title }) => [id, state, severity, opened, title]),
  );
}

/** A fact as text; null: there is nothing to show. */
function shown(value: unknown): string | null {
  if (value === null || typeof value === 'string') return value;
  return JSON.stringify(value);
}

function incidentText({ id, alert, severity, state, title, note, ...incident }: IncidentObject): string {
  const about = facts([
    ['id', id],
    ['alert', alert?.name ?? null],
    ['state', `${state}, ${severity}`],
    ['opened', incident.opened_at],
    ['resolved', incident.resolved_at],
    ['note', note === null ? null : `${note.text} (for ${note.audience})`],
    ...Object.entries(incident.evidence).map(([name, value]) => [name, shown(value)] as const),
  ]);
  const timeline = incident.timeline.map(
    ({ at, event, actor, detail }) => `${at}  ${event} by ${actor}${detail === null ? '' : ` (${detail})`}`,
  );
  const notices = incident.notices.map(({ kind, status, error }) => `told ${kind}: ${status}${error === null ? '' : ` (${error})`}`);
  return [title, '', about, '', ...timeline, ...notices].join('\n');
}
