import { useQuery } from '@tanstack/react-query';
import { definedModelsQuery, providersQuery } from '../../../api/routing';
import { Loaded } from '../../../features/loaded/loaded';
import { HealthStrip } from '../../../features/routing/health-strip';
import { ModelRoutes } from '../../../features/routing/models-view';
import css from '../../../features/routing/routing.module.css';
import { RoutingPage } from '../../../features/routing/routing-page';
import { usePageSearch } from '../../../lib/page';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/routing.json';
import { ButtonLink } from '../../../ui/button';
import { Select } from '../../../ui/select';
import { State } from '../../../ui/states';
import { page } from './route';

export function Page() {
  const text = useText<typeof words>('routing');
  const [search, change] = usePageSearch(page);
  const providers = useQuery(providersQuery);
  const models = useQuery(definedModelsQuery);
  return (
    <RoutingPage tab="models">
      <Loaded query={providers} rows={1} height={110}>
        {(rows) => <HealthStrip providers={rows} />}
      </Loaded>
      <Loaded query={models} height={60}>
        {(rows) => {
          const shown = rows.find(({ name }) => name === search.model) ?? rows.find(({ routes }) => routes.length > 1) ?? rows[0];
          if (shown === undefined) {
            return (
              <State icon="routing" title={text('noModels')}>
                <ButtonLink to={paths.providers()}>{text('toProviders')}</ButtonLink>
              </State>
            );
          }
          return (
            <>
              <div className={css.chosen}>
                <Select
                  isBig
                  label={text('model')}
                  value={shown.name}
                  onChange={(model) => change({ model }, 'push')}
                  choices={rows.map(({ name, modality, routes }) => ({
                    value: name,
                    label: name,
                    about: text(`modalities.${modality}`),
                    end: text('routes', { count: routes.length }),
                  }))}
                />
              </div>
              <ModelRoutes key={shown.name} model={shown} providers={providers.data ?? []} />
            </>
          );
        }}
      </Loaded>
    </RoutingPage>
  );
}
