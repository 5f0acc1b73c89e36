import { useQuery } from '@tanstack/react-query';
import { useTeam } from '../../api/session';
import { estimateQuery, type TaskRequest } from '../../api/tasks';
import { useSettled } from '../../lib/delayed';
import { useFormat } from '../../lib/format';

const PRICE_AFTER_MS = 300;

export interface Price {
  /** "$0.16"; null: not known, or nothing to be priced. */
  readonly amount: string | null;
  /** It is of what was there before the last change. */
  readonly isOld: boolean;
  /** The provider that would be asked first. */
  readonly route: string | null;
  readonly error: Error | null;
}

/** What a run would cost, asked for once changes have paused. @param request - null: it is not whole yet */
export function usePrice(request: TaskRequest | null): Price {
  const format = useFormat();
  const team = useTeam();
  const now = JSON.stringify(request);
  const settled = useSettled(now, PRICE_AFTER_MS);
  const { data, error, isFetching } = useQuery(estimateQuery(team, JSON.parse(settled) as TaskRequest | null));
  const isPriced = request !== null && data !== undefined;
  return {
    amount: isPriced ? format.money(data.cost.estimated) : null,
    isOld: isFetching || settled !== now,
    route: isPriced ? (data.routing.candidates[0]?.provider ?? null) : null,
    error,
  };
}
