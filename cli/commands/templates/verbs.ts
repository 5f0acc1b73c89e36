import type { Command } from 'commander';
import { asObject } from '../../json-value';
import { nameOf, namedBy, templatePath, versionOf } from '../../templates/values';
import { define, type CommandHost } from '../define';

/** `atelier templates publish|archive|restore` */
export function addVerbs(templates: Command, host: CommandHost): void {
  define(templates, host, {
    usage: 'publish <name[@version]>',
    summary: 'publish a version, or the newest: requests that name the template alone use it from now on',
    examples: ['templates publish product-shot', 'templates publish product-shot@1'],
    async run({ args, connect, show }) {
      const named = namedBy(args[0]);
      const request = { method: 'POST', path: templatePath(named, '/publish'), body: versionOf(named) } as const;
      const template = asObject(await connect('team').client.call(request)) ?? {};
      show(template, () => `✓ ${nameOf(template)}@${String(template['published_version'])} is published.`);
      return 0;
    },
  });
  for (const [verb, summary, done] of [
    ['archive', 'archive a template: nobody can use it until it is restored', 'archived'],
    ['restore', 'restore an archived template', 'restored'],
  ] as const) {
    define(templates, host, {
      usage: `${verb} <name>`,
      summary,
      examples: [`templates ${verb} product-shot`],
      async run({ args, connect, show }) {
        const template =
          asObject(await connect('team').client.call({ method: 'POST', path: templatePath(namedBy(args[0]), `/${verb}`) })) ?? {};
        show(template, () => `✓ ${nameOf(template)} is ${done}.`);
        return 0;
      },
    });
  }
}
