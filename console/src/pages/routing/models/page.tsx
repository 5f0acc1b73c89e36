import { useQuery } from '@tanstack/react-query';
import { definedModelsQuery, providersQuery } from '../../../api/routing';
import { useMay } from '../../../api/session';
import { Loaded } from '../../../features/loaded/loaded';
import { HealthStrip } from '../../../features/routing/health-strip';
import { ModelDialog } from '../../../features/routing/model-dialog';
import { ModelVerbs } from '../../../features/routing/model-verbs';
import { ModelRoutes } from '../../../features/routing/models-view';
import css from '../../../features/routing/routing.module.css';
import { RoutingPage } from '../../../features/routing/routing-page';
import { usePageSearch } from '../../../lib/page';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type formWords from '../../../text/en/model-form.json';
import type words from '../../../text/en/routing.json';
import { note } from '../../../ui/announce';
import { Button, ButtonLink } from '../../../ui/button';
import { Select } from '../../../ui/select';
import { State } from '../../../ui/states';
import { page } from './route';

export function Page() {
  const text = useText<typeof words>('routing');
  const [search, change] = usePageSearch(page);
  const providers = useQuery(providersQuery);
  const models = useQuery(definedModelsQuery);
  const formText = useText<typeof formWords>('model-form');
  const mayManage = useMay('provider.manage');
  const known = providers.data ?? [];
  const edited =
    search.form === 'edit' ? models.data?.find(({ name, managed_by: by }) => name === search.model && by === 'api') : undefined;
  const close = (): void => change({ form: undefined });
  return (
    <RoutingPage
      tab="models"
      verbs={
        mayManage && known.length > 0 ? (
          <Button kind="primary" icon="add" onClick={() => change({ form: 'new' })}>
            {formText('add')}
          </Button>
        ) : null
      }
    >
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
                {mayManage && shown.managed_by === 'api' ? (
                  <ModelVerbs
                    model={shown}
                    onEdit={() => change({ model: shown.name, form: 'edit' })}
                    onRemoved={() => {
                      change({ model: undefined });
                      note(formText('removed', { name: shown.name }));
                    }}
                  />
                ) : null}
              </div>
              <ModelRoutes key={shown.name} model={shown} providers={known} />
            </>
          );
        }}
      </Loaded>
      {mayManage && search.form === 'new' && known.length > 0 ? (
        <ModelDialog
          providers={known}
          onClose={close}
          onDone={(model) => {
            change({ model, form: undefined });
            note(formText('added', { name: model }));
          }}
        />
      ) : null}
      {mayManage && edited !== undefined && known.length > 0 ? (
        <ModelDialog
          model={edited}
          providers={known}
          onClose={close}
          onDone={(name) => {
            close();
            note(formText('saved', { name }));
          }}
        />
      ) : null}
    </RoutingPage>
  );
}
