import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { viewsQuery, type View } from '../../api/preferences';
import { useTeam } from '../../api/session';
import { useText } from '../../lib/text';
import type words from '../../text/en/views.json';
import { Button } from '../../ui/button';

const ViewsDialog = lazy(async () => ({ default: (await import('./views-dialog')).ViewsDialog }));

interface SavedViewsProps {
  /** The page whose filters they are: "tasks". */
  readonly list: string;
  /** Names of the filters that a view holds. */
  readonly filters: readonly string[];
  readonly search: Readonly<Record<string, string | undefined>>;
  readonly onChange: (change: Readonly<Record<string, string | undefined>>) => void;
}

/** Filters under names: the one that is on stands on the button. */
export function SavedViews({ list, filters, search, onChange }: SavedViewsProps) {
  const text = useText<typeof words>('views');
  const [isOpen, setOpen] = useState(false);
  const { data: views = [] } = useQuery(viewsQuery(useTeam(), list));
  const now = Object.fromEntries(filters.flatMap((name) => (search[name] === undefined ? [] : [[name, search[name]] as const])));
  const shown = views.find((view) => isSame(view, now));
  return (
    <>
      <Button icon="save" onClick={() => setOpen(true)}>
        {shown === undefined ? text('views') : text('shown', { name: shown.name })}
      </Button>
      {isOpen ? (
        <Suspense fallback={null}>
          <ViewsDialog
            list={list}
            now={now}
            shown={shown}
            onOpen={(view) => {
              onChange({ ...Object.fromEntries(filters.map((name) => [name, undefined])), ...onlyOf(filters, view) });
              setOpen(false);
            }}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      ) : null}
    </>
  );
}

/** A filter that the page no longer has is left out. */
const onlyOf = (filters: readonly string[], { search }: View): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(search).filter(([name]) => filters.includes(name)));

function isSame({ search }: View, now: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(search);
  return names.length === Object.keys(now).length && names.every((name) => search[name] === now[name]);
}
