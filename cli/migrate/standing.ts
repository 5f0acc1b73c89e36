import { Option, type Command } from 'commander';
import { LANGUAGES, type LanguageName } from '../../domain/explanation/language';
import { standingOf, type Standing } from '../../importer/checklist';
import { readPlan } from '../../importer/plan/read';
import { define, type Call, type CommandHost } from '../commands/define';
import { createTarget } from './target';

const MARKS = { done: '✓', open: '✗', person: '?' } as const;

interface ChecklistFlags {
  readonly lang: LanguageName;
}

/** `atelier migrate checklist` and `atelier migrate status` */
export function addStanding(migrate: Command, host: CommandHost): void {
  define<ChecklistFlags>(migrate, host, {
    usage: 'checklist <plan>',
    summary: 'where the move stands, part by part, and what to do next; exit code 1 while something is open',
    examples: ['migrate checklist plan.yaml', 'migrate checklist plan.yaml --lang zh'],
    options: (command) => command.addOption(new Option('--lang <language>', 'of the sentences').choices(LANGUAGES).default('en')),
    async run(call) {
      const standing = await lookAt(call, call.flags.lang);
      call.show(standing, () => checklistText(standing));
      return standing.checks.some(({ state }) => state === 'open') ? 1 : 0;
    },
  });
  define(migrate, host, {
    usage: 'status <plan>',
    summary: 'what came in so far, and how many parts of the move are open',
    examples: ['migrate status plan.yaml', 'migrate status plan.yaml --json'],
    async run(call) {
      const standing = await lookAt(call, 'en');
      call.show(standing, () => statusText(standing));
      return 0;
    },
  });
}

async function lookAt({ args, deps, connect }: Call<object>, language: LanguageName): Promise<Standing> {
  const file = args[0] ?? '';
  const plan = await readPlan(file);
  const { client, installation } = connect('admin');
  return standingOf(plan, file, createTarget(client, installation, deps.fetch), { language, answers: deps.answers });
}

function checklistText({ checks }: Standing): string {
  return checks
    .flatMap(({ name, state, detail, todo }) => [
      `${MARKS[state]} ${name.padEnd(11)} ${detail}`,
      ...(todo === null ? [] : [`${' '.repeat(14)}→ ${todo}`]),
    ])
    .join('\n');
}

function statusText({ batch_id: id, counts, checks }: Standing): string {
  const of = (wanted: string): string => String(checks.filter(({ state }) => state === wanted).length);
  return [
    id === null
      ? 'Nothing was applied yet.'
      : `Move ${id}: ${Object.entries(counts)
          .map(([name, count]) => `${String(count)} ${name}`)
          .join(', ')}.`,
    `${of('done')} parts are done, ${of('open')} are open, ${of('person')} are for a person to say: atelier migrate checklist.`,
  ].join('\n');
}
