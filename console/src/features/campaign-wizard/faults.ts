import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { allFaultsQuery, campaignEstimateQuery, type CampaignEstimate, type CampaignFault, type Proposed } from '../../api/campaigns';
import { useTeam } from '../../api/session';
import { recordsOf } from '../../lib/table';

/** A fault of a row, and of its column if one is to blame. */
export interface RowFault {
  readonly column: string | null;
  readonly param: string | null;
  readonly message: string;
}

export interface Survey {
  readonly estimate: CampaignEstimate | undefined;
  readonly error: Error | null;
  readonly isOld: boolean;
  /** By the row's place in the file, from 1. */
  readonly faults: ReadonlyMap<number, readonly RowFault[]>;
}

/** What the server says of what would be sent: price, time, and every fault at its row. */
export function useSurvey(proposed: Proposed | null, mapping: Readonly<Record<string, string | null>>): Survey {
  const team = useTeam();
  const { data: estimate, error, isFetching } = useQuery(campaignEstimateQuery(team, proposed));
  const hasMore = estimate !== undefined && estimate.faults_total > estimate.faults.length;
  const { data: csv } = useQuery(allFaultsQuery(team, hasMore ? proposed : null));
  const { data: listed } = useQuery({
    queryKey: ['campaign faults', 'rows', proposed?.revision],
    queryFn: () => faultsIn(csv ?? ''),
    enabled: hasMore && csv !== undefined,
    staleTime: Infinity,
  });
  const faults = useMemo(() => {
    const all: readonly Omit<CampaignFault, 'key' | 'line'>[] = listed !== undefined && hasMore ? listed : (estimate?.faults ?? []);
    const found = new Map<number, RowFault[]>();
    const titleOf = new Map(Object.entries(mapping).map(([title, target]) => [target, title]));
    for (const { index, column, param, message } of all) {
      const list = found.get(index) ?? [];
      const title = column ?? titleOf.get(param) ?? null;
      list.push({ column: title, param, message });
      found.set(index, list);
    }
    return found;
  }, [estimate, hasMore, listed, mapping]);
  return { estimate, error, isOld: isFetching, faults };
}

async function faultsIn(csv: string): Promise<readonly Omit<CampaignFault, 'key' | 'line'>[]> {
  const data = await recordsOf(csv);
  return data.map((row) => ({
    index: Number(row['index']),
    column: row['column'] === '' ? null : (row['column'] ?? null),
    param: row['param'] === '' ? null : (row['param'] ?? null),
    message: row['message'] ?? '',
  }));
}
