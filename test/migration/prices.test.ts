import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { openLegacySource } from '../../adapters/newapi';
import type { LegacyLog } from '../../domain/migration/source';
import { cli, useFolder } from '../cli/support/run-cli';
import { expectedOf, openGolden } from './support/golden';

const folder = useFolder();
/** Both programs round to a unit of theirs: 2 micro-dollars. One API rounds up, New API to the nearest. */
const UNIT_USD = 0.000002;

function factsOf({ other }: LegacyLog): Readonly<Record<string, number>> {
  return other.startsWith('{') ? (JSON.parse(other) as Record<string, number>) : {};
}

/** What the plan's prices make of a call of the source's log; null: it was not charged by its tokens or by the call. */
function priceOf(plan: any, log: LegacyLog, ratio: number): number | null {
  const price = plan.models.find(({ name }: any) => name === log.model)?.price ?? null;
  if (price === null) return null;
  if (price.per_call_usd !== undefined && price.input_per_1m_usd === undefined) return Number(price.per_call_usd) * ratio;
  const facts = factsOf(log);
  const [cached, written] = [facts['cache_tokens'] ?? 0, facts['cache_creation_tokens'] ?? 0];
  const each = (name: string): number => Number(price[name] ?? price.input_per_1m_usd) / 1e6;
  // Anthropic's input tokens don't include those of its cache. The version of 2025 took them off all the same, and charged too little.
  const fresh = 'claude' in facts ? log.promptTokens : log.promptTokens - cached - written;
  const sum =
    fresh * each('input_per_1m_usd') +
    cached * each('cached_input_per_1m_usd') +
    written * each('cache_write_input_per_1m_usd') +
    log.completionTokens * each('output_per_1m_usd');
  return sum * ratio;
}

test.each(['newapi-a.sqlite.gz', 'newapi-2025-a.sqlite.gz', 'oneapi-a.sqlite.gz'])(
  'the prices of %s make of the calls in its log what the program charged, to its unit of two micro-dollars',
  async (file) => {
    const golden = await openGolden(file, folder.path);
    const out = join(folder.path, `${file}.yaml`);
    await cli(['migrate', 'plan', golden.location, '--out', out]);
    const plan = parse(readFileSync(out, 'utf8'));
    const source = await openLegacySource({ location: golden.location });
    const groupOf = new Map<number, string>();
    for await (const users of source.users()) for (const { id, group } of users) groupOf.set(id, group);
    const ratioOf = new Map<string, number>(plan.teams.map(({ legacy_group: group, ratio }: any) => [group, Number(ratio ?? 1)]));
    const wrong: string[] = [];
    let compared = 0;
    for await (const logs of source.logs()) {
      for (const log of logs) {
        // A channel's test is charged to nobody; tasks, pictures and songs have prices of their own.
        // `old row` was put in by hand, with a sum of nobody's.
        if (log.type !== 2 || log.completionTokens + log.promptTokens === 0 || /模型测试|old(er)? row/.test(log.content)) continue;
        const facts = factsOf(log);
        if ((facts['model_price'] ?? -1) > 0) continue;
        const own = facts['user_group_ratio'] ?? -1;
        const ratio = own >= 0 ? own : (facts['group_ratio'] ?? ratioOf.get(groupOf.get(log.userId) ?? '') ?? 1);
        const ours = priceOf(plan, log, ratio);
        if (ours === null) continue;
        compared += 1;
        const charged = Number(log.quota) / 500_000;
        // A call of a ratio above 0 costs a unit at least.
        const isLeast = charged === UNIT_USD && ours < UNIT_USD;
        if (Math.abs(ours - charged) > UNIT_USD + 1e-9 && !isLeast)
          wrong.push(`${log.id} ${log.model}: ${ours.toFixed(9)}, not ${charged.toFixed(6)}`);
      }
    }
    await source.close();

    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(expectedOf(file).arithmetic.calls_compared * 0.9);
  },
  60_000,
);
