import { useQuery } from '@tanstack/react-query';
import { budgetsQuery } from '../../api/budgets';
import { useMay, useTeam } from '../../api/session';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';

/** What the tightest budget has left. */
export function Left() {
  const text = useText<typeof words>('studio');
  const format = useFormat();
  const team = useTeam();
  const may = useMay('allowance.read');
  const { data } = useQuery({ ...budgetsQuery(team), enabled: may });
  const tightest = [...(data ?? [])].sort((a, b) => Number(a.remaining_usd) - Number(b.remaining_usd))[0];
  if (tightest === undefined) return <>{text('mayClose')}</>;
  return <>{text(`left.${tightest.period}`, { left: format.money(tightest.remaining_usd), team })}</>;
}
