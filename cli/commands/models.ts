import type { Command } from 'commander';
import { asList, asObject, asText, type JsonObject } from '../json-value';
import { table } from '../table';
import { define, type CommandHost } from './define';

/** `atelier models ...` */
export function addModels(program: Command, host: CommandHost): void {
  const models = program.command('models').description('models the key may use');
  define(models, host, {
    usage: 'list',
    summary: 'models with their types and prices',
    examples: ['models list', 'models list --credential test --json'],
    async run({ connect, show }) {
      const answer = asObject(await connect('team').client.call({ path: '/v1/models' })) ?? {};
      show(answer, () => modelTable(asList(answer['data']).map((model) => asObject(model) ?? {})));
      return 0;
    },
  });
}

function modelTable(models: readonly JsonObject[]): string {
  if (models.length === 0) return 'This key has no models.';
  return table(
    ['MODEL', 'TYPE', 'TIER', 'AVAILABLE', 'PRICE USD'],
    models.map((model) => [
      asText(model['id']) ?? '',
      asText(model['modality']) ?? '',
      asText(model['tier']) ?? '',
      model['available'] === true ? 'yes' : 'no',
      priceText(asObject(model['pricing'])),
    ]),
  );
}

function priceText(pricing: JsonObject | null): string {
  if (pricing === null) return 'none: not usable';
  if (pricing['free'] === true) return 'free';
  const input = asText(pricing['input_per_1m_usd']);
  if (input !== null) return `${input} in, ${asText(pricing['output_per_1m_usd']) ?? '?'} out, per 1M tokens`;
  const perCall = asText(pricing['per_call_usd']);
  if (perCall !== null) return `${perCall} per call`;
  const [unit, rows] =
    pricing['per_image'] === undefined ? ['second', asList(pricing['per_second'])] : ['image', asList(pricing['per_image'])];
  const prices = [...new Set(rows.map((row) => asText(asObject(row)?.['usd']) ?? '?'))];
  return `${prices.length > 1 ? `${prices[0] ?? ''} … ${prices.at(-1) ?? ''}` : (prices[0] ?? '?')} per ${unit}`;
}
