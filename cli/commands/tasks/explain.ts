import { Option, type Command } from 'commander';
import { asList, asObject, asText, type JsonObject } from '../../json-value';
import { define, type CommandHost } from '../define';

interface ExplainFlags {
  readonly lang: string;
}

/** `atelier tasks explain` */
export function addExplain(tasks: Command, host: CommandHost): void {
  define<ExplainFlags>(tasks, host, {
    usage: 'explain <task>',
    summary: 'what happened to a task, in plain words: whose doing, what was charged, what to do',
    examples: ['tasks explain task_0190…', 'tasks explain task_0190… --lang zh'],
    options(command) {
      command.addOption(new Option('--lang <language>', 'en: English, zh: Chinese').choices(['en', 'zh']).default('en'));
    },
    async run({ args, flags, connect, show }) {
      const path = `/v1/tasks/${encodeURIComponent(args[0] ?? '')}/explanation`;
      const explanation = asObject(await connect('team').client.call({ path, query: { lang: flags.lang } })) ?? {};
      show(explanation, () => textOf(explanation, flags.lang === 'zh' ? ZH : EN));
      return 0;
    },
  });
}

const EN = { happened: 'What happened', charged: 'Charged', fallback: 'Fallback', todo: 'What to do' };
const ZH: typeof EN = { happened: '经过', charged: '扣费', fallback: '回退', todo: '怎么办' };

function textOf(explanation: JsonObject, titles: typeof EN): string {
  const line = (name: string): string => asText(explanation[name]) ?? '';
  const bullets = (name: string): readonly string[] => asList(explanation[name]).map((entry) => `  ${asText(entry) ?? ''}`);
  const todo = bullets('what_to_do');
  return [
    line('summary'),
    '',
    `${titles.happened}:`,
    ...bullets('what_happened'),
    `${titles.charged}: ${line('charged')}`,
    `${titles.fallback}: ${line('fallback')}`,
    ...(todo.length === 0 ? [] : [`${titles.todo}:`, ...todo]),
  ].join('\n');
}
