import { useQuery } from '@tanstack/react-query';
import { definedModelsQuery, type DefinedModel } from '../../../api/routing';
import { useMay } from '../../../api/session';
import { Loaded } from '../../../features/loaded/loaded';
import { priceOf } from '../../../features/routing/price';
import css from '../../../features/routing/routing.module.css';
import { RoutingPage } from '../../../features/routing/routing-page';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/routing.json';
import { ButtonLink } from '../../../ui/button';
import { Chip } from '../../../ui/chip';
import { Link } from '../../../ui/link';
import { State } from '../../../ui/states';
import { Table, type TableColumn } from '../../../ui/table';

export function Page() {
  const text = useText<typeof words>('routing');
  const models = useQuery(definedModelsQuery);
  const mayManage = useMay('provider.manage');
  const columns: readonly TableColumn<DefinedModel>[] = [
    {
      key: 'name',
      name: text('model'),
      cell: ({ name, label, managed_by: by }) => (
        <span className={css.what}>
          <Link to={paths.routing(name)}>{name}</Link>
          {label === undefined ? null : <span className={css.faint}>{label}</span>}
          {by === 'file' ? <Chip>{text('ofFile')}</Chip> : null}
        </span>
      ),
    },
    { key: 'modality', name: text('makes'), cell: ({ modality }) => text(`modalities.${modality}`) },
    { key: 'tier', name: text('level'), cell: ({ tier }) => tier ?? '–' },
    { key: 'price', name: text('price'), cell: ({ price }) => priceOf(price, text) },
    { key: 'routes', name: text('leadsTo'), cell: ({ routes }) => [...new Set(routes.map(({ provider }) => provider))].join(', ') },
    { key: 'state', name: text('state'), cell: ({ available }) => text(available ? 'ready' : 'notReady') },
    { key: 'asOf', name: text('asOf'), cell: ({ as_of: asOf, shutdown_date: ends }) => ends ?? asOf ?? '–' },
    ...(mayManage
      ? [
          {
            key: 'verbs',
            name: text('verbs'),
            isNameless: true,
            isFigure: true,
            cell: ({ name, managed_by: by }: DefinedModel) =>
              by === 'file' ? null : (
                <ButtonLink size="dense" to={paths.routing(name, 'edit')}>
                  {text('editOne', { name })}
                </ButtonLink>
              ),
          },
        ]
      : []),
  ];
  return (
    <RoutingPage tab="prices">
      <Loaded query={models}>
        {(rows) =>
          rows.length === 0 ? (
            <State icon="routing" title={text('noModels')} />
          ) : (
            <Table label={text('tabs.prices')} columns={columns} rows={rows} keyOf={({ name }) => name} />
          )
        }
      </Loaded>
    </RoutingPage>
  );
}
