import { useQuery } from '@tanstack/react-query';
import { useMay, useMe, useTeam } from '../../api/session';
import { teamQuery } from '../../api/team';
import { usageFile, usageQuery, type UsageQuery } from '../../api/usage';
import { BudgetLines } from '../../features/budgets/budget-list';
import { shareOf, useBudgetRows } from '../../features/budgets/scopes';
import { Loaded } from '../../features/loaded/loaded';
import { DIMENSIONS, METRICS, type Dimension } from '../../features/usage/measure';
import { RangeMenu } from '../../features/usage/range-menu';
import { rangeOf, rangeQuery } from '../../features/usage/range';
import { UsageChart } from '../../features/usage/usage-chart';
import { UsageTable } from '../../features/usage/usage-table';
import { useSentence } from '../../features/usage/use-sentence';
import { Where } from '../../features/usage/where';
import { useFormat } from '../../lib/format';
import { saveFile } from '../../lib/download';
import { usePageSearch } from '../../lib/page';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/usage.json';
import { Button } from '../../ui/button';
import { FilterChip } from '../../ui/chip';
import { PageHeader } from '../../ui/page-header';
import { Panel } from '../../ui/panel';
import { ScopeSwitch } from '../../ui/scope-switch';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';
import { State } from '../../ui/states';
import css from './page.module.css';
import { page, type UsageSearch } from './route';

/** The others stand on the page of budgets. */
const SHOWN_BUDGETS = 6;

export function Page() {
  const text = useText<typeof words>('usage');
  const shared = useText<typeof common>('common');
  const format = useFormat();
  const team = useTeam();
  const me = useMe();
  const seesAll = me.organisation_role !== null;
  const seesBudgets = useMay('budget.read');
  const [search, change] = usePageSearch(page);
  const isOfAll = seesAll && search.teams === 'all';
  const { data: known } = useQuery(teamQuery(team));
  const zone = isOfAll ? 'UTC' : (known?.time_zone ?? me.user.time_zone ?? 'UTC');
  const range = rangeOf(search, zone);
  const dimension = DIMENSIONS.find((one) => one === search.group_by) ?? (isOfAll ? 'team' : 'class');
  const metric = METRICS.find((one) => one === search.metric) ?? 'cost';
  const base: UsageQuery = { ...(isOfAll ? {} : { team }), ...filtersOf(search, isOfAll), ...rangeQuery(range, zone) };
  const steps = useQuery(usageQuery({ ...base, interval: range.interval, group_by: dimension }));
  const sums = useQuery(usageQuery({ ...base, group_by: dimension }));
  const kinds = useQuery(usageQuery({ ...base, group_by: 'modality' }));
  const budgets = useBudgetRows(team);
  const monthly = isOfAll ? undefined : budgets.rows?.find(({ kind, period }) => kind === 'team' && period === 'monthly');
  const isFiltered = Object.keys(filtersOf(search, isOfAll)).length > 0;
  const sentence = useSentence(sums.data, range, isOfAll ? text('everybody') : team, isFiltered ? undefined : monthly?.limitUsd);
  const setRange = (from: string, to: string): void => change({ from, to: to === '' ? undefined : to, range: undefined }, 'push');
  const dimensions = DIMENSIONS.filter((one) => one !== 'team' || isOfAll);
  const pace =
    metric === 'cost' && range.name === 'month' && monthly !== undefined && !isFiltered
      ? {
          value: Number(monthly.limitUsd) / 30,
          label: text('pace', { limit: format.money(monthly.limitUsd), amount: format.money((Number(monthly.limitUsd) / 30).toFixed(2)) }),
        }
      : null;

  return (
    <div className={css.page}>
      <PageHeader title={text('title')} about={isOfAll ? shared('scope.all') : team}>
        {seesAll ? (
          <ScopeSwitch isOfAll={isOfAll} onChange={(all) => change({ teams: all ? 'all' : undefined, group_by: undefined })} />
        ) : null}
        <span className={css.zone}>{zone}</span>
        <RangeMenu range={range} onName={(name) => change({ range: name, from: undefined, to: undefined })} onRange={setRange} />
        <Button
          icon="download"
          onClick={() =>
            saveFile(usageFile({ ...base, interval: range.interval, group_by: dimension }), `usage-${range.from.slice(0, 10)}.csv`)
          }
        >
          {text('csv')}
        </Button>
      </PageHeader>
      <div className={css.split}>
        <div className={css.column}>
          {sentence === null ? null : <p className={css.sentence}>{sentence}</p>}
          <div className={css.controls}>
            <div className={css.choice}>
              <Select
                label={text('groupBy')}
                value={dimension}
                onChange={(value) => change({ group_by: value })}
                choices={dimensions.map((value) => ({ value, label: text(`dimensions.${value}`) }))}
              />
            </div>
            <Segmented
              label={text('metric')}
              value={metric}
              onChange={(value) => change({ metric: value === 'cost' ? undefined : value })}
              segments={METRICS.map((value) => ({ value, label: text(`metrics.${value}`) }))}
            />
          </div>
          {isFiltered ? (
            <div className={css.chips}>
              {DIMENSIONS.flatMap((name) => {
                const value = search[name];
                return value === undefined ? (
                  []
                ) : (
                  <FilterChip
                    key={name}
                    name={text(`dimensions.${name}`)}
                    value={value}
                    removeLabel={text('removeFilter')}
                    onRemove={() => change({ [name]: undefined })}
                  />
                );
              })}
            </div>
          ) : null}
          <Loaded query={steps} rows={1} height={300}>
            {(usage) =>
              usage.data.length === 0 ? (
                <State icon="usage" title={text('empty')} />
              ) : (
                <Panel>
                  <UsageChart
                    usage={usage}
                    range={range}
                    dimension={dimension}
                    metric={metric}
                    pace={pace}
                    label={text('chart', {
                      metric: text(`metrics.${metric}`),
                      dimension: text(`dimensions.${dimension}`),
                      sentence: sentence ?? '',
                    })}
                    onRange={setRange}
                  />
                </Panel>
              )
            }
          </Loaded>
          <Loaded query={sums}>
            {(usage) =>
              usage.data.length === 0 ? null : (
                <UsageTable
                  usage={usage}
                  dimension={dimension}
                  metric={metric}
                  onPick={search[dimension] === undefined ? (value) => change({ [dimension]: value }, 'push') : null}
                />
              )
            }
          </Loaded>
        </div>
        <div className={css.column}>
          {isOfAll || budgets.rows === undefined || budgets.rows.length === 0 || !seesBudgets ? null : (
            <Panel title={text('budgets')} end={<span className={css.faint}>{text('tightestFirst')}</span>}>
              <BudgetLines rows={[...budgets.rows].sort((a, b) => shareOf(b) - shareOf(a)).slice(0, SHOWN_BUDGETS)} />
            </Panel>
          )}
          {kinds.data === undefined ? null : <Where usage={kinds.data} team={isOfAll || isFiltered ? null : team} />}
        </div>
      </div>
    </div>
  );
}

/** The filters of the URL, by the names of the API. */
function filtersOf(search: UsageSearch, isOfAll: boolean): Partial<Record<Dimension, never>> {
  const names = DIMENSIONS.filter((name) => search[name] !== undefined && (name !== 'team' || isOfAll));
  return Object.fromEntries(names.map((name) => [name, search[name]]));
}
