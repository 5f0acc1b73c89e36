import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { ApiError, useErrorText } from '../../../api/errors';
import { useMay, useTeam } from '../../../api/session';
import { templatesQuery, useImportTemplate, type Template, type TemplateState } from '../../../api/templates';
import { Gallery } from '../../../features/templates/gallery';
import { useGo } from '../../../lib/go';
import { usePageSearch } from '../../../lib/page';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type common from '../../../text/en/common.json';
import type words from '../../../text/en/templates.json';
import { note } from '../../../ui/announce';
import { Button, ButtonLink } from '../../../ui/button';
import { FilterChip } from '../../../ui/chip';
import { PageHeader } from '../../../ui/page-header';
import { SearchField } from '../../../ui/search-field';
import { Segmented } from '../../../ui/segmented';
import { Select } from '../../../ui/select';
import { Fault, Skeleton, State } from '../../../ui/states';
import css from './page.module.css';
import { page } from './route';

const TYPES: readonly Template['type'][] = ['image', 'video', 'text'];
const STATES: readonly TemplateState[] = ['published', 'draft', 'archived'];

export function Page() {
  const text = useText<typeof words>('templates');
  const shared = useText<typeof common>('common');
  const errorText = useErrorText();
  const team = useTeam();
  const mayEdit = useMay('template.create');
  const [search, change] = usePageSearch(page);
  const type = TYPES.find((one) => one === search.type);
  const state = STATES.find((one) => one === search.state);
  const filter = {
    ...(type === undefined ? {} : { type }),
    ...(state === undefined ? {} : { state }),
    ...(search.tag === undefined ? {} : { tag: search.tag }),
    ...(search.q === undefined ? {} : { q: search.q }),
  };
  const { data, error, isPending, refetch } = useQuery(templatesQuery(team, filter));
  // What is archived is shown to those who ask for it.
  const shown = (data ?? []).filter((template) => state !== undefined || template.state !== 'archived');
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <>
      <PageHeader title={text('title')} about={data === undefined ? team : String(shown.length)}>
        {mayEdit ? (
          <>
            <ImportButton />
            <ButtonLink kind="primary" icon="add" to={paths.newTemplate(team)}>
              {text('new')}
            </ButtonLink>
          </>
        ) : null}
      </PageHeader>
      <div className={css.filters} role="group" aria-label={text('filters')}>
        <Segmented
          label={text('type')}
          value={type ?? ''}
          onChange={(next) => change({ type: next === '' ? undefined : next })}
          segments={[{ value: '', label: text('anyType') }, ...TYPES.map((one) => ({ value: one, label: shared(`nav.${one}`) }))]}
        />
        <div className={css.choice}>
          <Select
            label={text('state')}
            value={state ?? ''}
            onChange={(next) => change({ state: next === '' ? undefined : next })}
            choices={[{ value: '', label: text('anyState') }, ...STATES.map((one) => ({ value: one, label: text(`states.${one}`) }))]}
          />
        </div>
        {search.tag === undefined ? null : (
          <FilterChip
            name={text('tag')}
            value={search.tag}
            removeLabel={text('removeFilter')}
            onRemove={() => change({ tag: undefined })}
          />
        )}
        <SearchField
          label={text('search')}
          className={css.search}
          value={search.q ?? ''}
          onChange={(q) => change({ q: q === '' ? undefined : q })}
        />
      </div>
      {isPending ? <Skeleton rows={2} height={280} /> : null}
      {error === null ? null : (
        <Fault message={errorText(error)} requestId={error instanceof ApiError ? error.requestId : null} onRetry={() => void refetch()} />
      )}
      {data !== undefined && shown.length === 0 ? (
        isFiltered ? (
          <State icon="search" title={text('noMatch')}>
            <Button onClick={() => change({ type: undefined, state: undefined, tag: undefined, q: undefined })}>{text('clear')}</Button>
          </State>
        ) : (
          <State icon="templates" title={text('empty')}>
            <ButtonLink kind="primary" to={paths.tasks(team)}>
              {text('toTasks')}
            </ButtonLink>
            {mayEdit ? <ButtonLink to={paths.newTemplate(team)}>{text('new')}</ButtonLink> : null}
          </State>
        )
      ) : null}
      {shown.length > 0 ? <Gallery templates={shown} /> : null}
    </>
  );
}

/** A template as YAML, as another installation has exported it. */
function ImportButton() {
  const text = useText<typeof words>('templates');
  const errorText = useErrorText();
  const team = useTeam();
  const go = useGo();
  const bring = useImportTemplate(team);
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button icon="bringIn" disabled={bring.isPending} onClick={() => chooser.current?.click()}>
        {text('import')}
      </Button>
      <input
        ref={chooser}
        className="unseen"
        type="file"
        tabIndex={-1}
        aria-label={text('import')}
        accept=".yaml,.yml"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file === undefined) return;
          void file.text().then((yaml) =>
            bring.mutate(yaml, {
              onSuccess: ({ name }) => go(paths.template(team, name)),
              onError: (error) => note(errorText(error)),
            }),
          );
        }}
      />
    </>
  );
}
