import type { Usage } from '../../api/usage';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/usage.json';
import type { Range } from './range';

/** The answer in one sentence; null while it is on its way. @param limit - of the month, if one binds what is shown */
export function useSentence(usage: Usage | undefined, range: Range, who: string, limit: string | undefined): string | null {
  const text = useText<typeof words>('usage');
  const format = useFormat();
  if (usage === undefined) return null;
  const values = { who, amount: format.money(usage.total.cost_usd), requests: format.number(usage.total.requests) };
  if (usage.total.requests === 0) return text('sentence.nothing', values);
  if (range.name !== 'month') return text('sentence.range', values);
  const end = format.money(usage.forecast.month_end_usd);
  return limit === undefined
    ? text('sentence.month', { ...values, end })
    : text('sentence.monthOf', { ...values, end, limit: format.money(limit) });
}
