import type { Command } from 'commander';
import { collect } from '../../flag-values';
import { asObject } from '../../json-value';
import type { TaskObject } from '../../tasks/task-object';
import { renderingText } from '../../templates/text';
import { inputsOf, namedBy, overridesOf, readTemplate, templatePath, versionOf, type ValueFlags } from '../../templates/values';
import { define, type CommandHost } from '../define';
import { addFollowOptions, idempotencyKeyOf, showOrFollow, type FollowFlags } from '../tasks/follow';

function addValueOptions(command: Command): void {
  command
    .option('--input <name=value>', 'the value of an input; an image or video is a file, a URL or the id of an asset (repeatable)', collect)
    .option(
      '--set <place=value>',
      'a parameter that the template allows to be set, such as output.seed=7 (repeatable; JSON values)',
      collect,
    );
}

/** `atelier templates render|run` */
export function addUse(templates: Command, host: CommandHost): void {
  define<ValueFlags>(templates, host, {
    usage: 'render <name[@version]>',
    summary: 'show the prompt and the price that a template makes of its inputs; nothing runs',
    examples: ['templates render product-shot --input product="red mug" --input mood=bold'],
    options: addValueOptions,
    async run({ args, flags, connect, show }) {
      const { client } = connect('team');
      const named = namedBy(args[0]);
      const template = await readTemplate(client, named);
      const body = {
        inputs: await inputsOf(flags, template),
        overrides: overridesOf(flags),
        ...versionOf(named),
      };
      const rendering = asObject(await client.call({ method: 'POST', path: templatePath(named, '/render'), body, repeats: 2 })) ?? {};
      show(rendering, () => renderingText(rendering));
      return 0;
    },
  });
  define<ValueFlags & FollowFlags>(templates, host, {
    usage: 'run <name[@version]>',
    summary: 'generate with a template; --watch follows it and saves the outputs',
    examples: ['templates run product-shot --input product="red mug" --input photo=mug.png --watch'],
    options(command) {
      addValueOptions(command);
      addFollowOptions(command);
    },
    async run(call) {
      const { args, flags } = call;
      const { client } = call.connect('team');
      const named = namedBy(args[0]);
      const template = await readTemplate(client, named);
      const body = {
        template: args[0],
        inputs: await inputsOf(flags, template),
        ...overridesOf(flags),
      };
      const headers = { 'idempotency-key': idempotencyKeyOf(flags) };
      const task = (await client.call({ method: 'POST', path: '/v1/tasks', body, headers })) as TaskObject;
      return showOrFollow(task, call);
    },
  });
}
