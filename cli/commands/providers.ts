import type { Command } from 'commander';
import { asList, asObject, asText, type JsonObject } from '../json-value';
import { table } from '../table';
import { define, type CommandHost } from './define';

interface TestFlags {
  readonly model?: string;
}

/** `atelier providers ...` */
export function addProviders(program: Command, host: CommandHost): void {
  const providers = program.command('providers').description('providers, their health and breakers (needs the admin key)');
  define(providers, host, {
    usage: 'list',
    summary: 'list providers with their health, last probes and open breakers',
    examples: ['providers list', 'providers list --json'],
    async run({ connect, show }) {
      const answer = asObject(await connect('admin').client.call({ path: '/admin/v1/providers' })) ?? {};
      show(answer, () => providerTable(asList(answer['data']).map((one) => asObject(one) ?? {})));
      return 0;
    },
  });
  define<TestFlags>(providers, host, {
    usage: 'test <name>',
    summary: 'test a provider by a real, cheap call; exit code 1 when something is wrong',
    examples: ['providers test openai-main', 'providers test openai-main --model gpt-5-mini'],
    options: (command) => {
      command.option('--model <name>', 'the model to call (default: the first text model that it serves)');
    },
    async run({ args, flags, connect, show }) {
      const body = flags.model === undefined ? {} : { model: flags.model };
      const answer = asObject(await connect('admin').client.call({ method: 'POST', path: pathOf(args[0], '/test'), body })) ?? {};
      show(answer, () =>
        asList(answer['steps'])
          .map((step) => stepLine(asObject(step) ?? {}))
          .join('\n'),
      );
      return answer['ok'] === true ? 0 : 1;
    },
  });
  for (const [verb, summary] of [
    ['enable', 'switch a provider on again'],
    ['disable', 'switch a provider off: nothing new is sent there, running jobs are still looked after'],
  ] as const) {
    define(providers, host, {
      usage: `${verb} <name>`,
      summary,
      examples: [`providers ${verb} openai-main`],
      async run({ args, connect, show }) {
        const answer = asObject(await connect('admin').client.call({ method: 'POST', path: pathOf(args[0], `/${verb}`) })) ?? {};
        show(answer, () => `Provider ${asText(answer['name']) ?? ''} is ${answer['enabled'] === true ? 'enabled' : 'disabled'}.`);
        return 0;
      },
    });
  }
}

function pathOf(name: string | undefined, verb: string): string {
  return `/admin/v1/providers/${encodeURIComponent(name ?? '')}${verb}`;
}

function providerTable(providers: readonly JsonObject[]): string {
  return table(
    ['PROVIDER', 'KIND', 'STATE', 'REQUESTS (5 MIN)', 'SUCCESS', 'P50', 'P95', 'LAST PROBE', 'OPEN BREAKERS'],
    providers.map((provider) => {
      const health = asObject(provider['health']) ?? {};
      const rate = health['success_rate'];
      const open = asList(provider['breakers'])
        .map((one) => asObject(one) ?? {})
        .filter((one) => one['state'] !== 'closed');
      return [
        asText(provider['name']) ?? '',
        asText(provider['kind']) ?? '',
        provider['enabled'] === true ? 'enabled' : 'disabled',
        String(health['requests_5m']),
        typeof rate === 'number' ? `${(rate * 100).toFixed(1)} %` : '-',
        latency(health['latency_ms_p50']),
        latency(health['latency_ms_p95']),
        probeText(asObject(provider['last_probe'])),
        open.map((one) => `${asText(one['model']) ?? ''} (${asText(one['key']) ?? ''}, ${asText(one['state']) ?? ''})`).join(', '),
      ];
    }),
  );
}

/** @example "ok 2026-11-29T12:00:00.000Z, 120 ms" */
function probeText(probe: JsonObject | null | undefined): string {
  if (probe === null || probe === undefined) return '-';
  const at = asText(probe['at']) ?? '';
  return probe['ok'] === true ? `ok ${at}, ${latency(probe['duration_ms'])}` : `FAILED ${at}: ${asText(probe['message']) ?? ''}`;
}

function latency(ms: unknown): string {
  return typeof ms === 'number' ? `${String(ms)} ms` : '-';
}

function stepLine(step: JsonObject): string {
  return `${step['ok'] === true ? 'ok  ' : 'FAIL'}  ${(asText(step['name']) ?? '').padEnd(13)}  ${asText(step['message']) ?? ''}`;
}
