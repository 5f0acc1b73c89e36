import type { Provider, Route } from '../../api/routing';
import { useText } from '../../lib/text';
import type words from '../../text/en/model-form.json';
import { Button, IconButton } from '../../ui/button';
import { FieldGroup } from '../../ui/field';
import { Input } from '../../ui/input';
import { Select } from '../../ui/select';
import css from './model-dialog.module.css';

interface RouteRowsProps {
  readonly routes: readonly Route[];
  readonly providers: readonly Provider[];
  readonly onChange: (routes: readonly Route[]) => void;
}

/** Where a model leads: providers with the names that they have for it. Their order is that of the page of routes. */
export function RouteRows({ routes, providers, onChange }: RouteRowsProps) {
  const text = useText<typeof words>('model-form');
  const put = (index: number, change: Partial<Route>): void =>
    onChange(routes.map((route, at) => (at === index ? { ...route, ...change } : route)));
  const last = Math.min(0, ...routes.map(({ priority = 0 }) => priority));
  return (
    <FieldGroup label={text('routes')}>
      {(labelId) => (
        <div role="group" aria-labelledby={labelId} className={css.routes}>
          {routes.map((route, index) => (
            <div key={index} className={css.route}>
              <Select
                label={text('providerOf', { place: index + 1 })}
                value={route.provider}
                onChange={(provider) => put(index, { provider })}
                choices={providers.map(({ name, kind }) => ({ value: name, label: name, about: kind }))}
              />
              <Input
                aria-label={text('modelOf', { place: index + 1 })}
                placeholder={text('upstream')}
                value={route.model}
                onChange={(event) => put(index, { model: event.target.value })}
              />
              <IconButton
                name={text('removeRoute', { place: index + 1 })}
                icon="close"
                disabled={routes.length === 1}
                onClick={() => onChange(routes.filter((_, at) => at !== index))}
              />
            </div>
          ))}
          <div>
            <Button
              size="dense"
              icon="add"
              onClick={() => onChange([...routes, { provider: providers[0]?.name ?? '', model: '', priority: last - 1 }])}
            >
              {text('addRoute')}
            </Button>
          </div>
        </div>
      )}
    </FieldGroup>
  );
}
