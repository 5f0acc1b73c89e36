import { useQuery } from '@tanstack/react-query';
import { useErrorText } from '../../api/errors';
import { useMay, useTeam } from '../../api/session';
import { templateQuery, templateVersionsQuery, useSaveVersion, type Template } from '../../api/templates';
import { useFormat } from '../../lib/format';
import { useGo } from '../../lib/go';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import { wordDiff } from '../../lib/word-diff';
import type words from '../../text/en/templates.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { Select } from '../../ui/select';
import { Skeleton } from '../../ui/states';
import { Table } from '../../ui/table';
import { bodyOf, draftOf } from './body';
import css from './editor.module.css';

interface CompareProps {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  readonly onChoose: (change: { readonly a?: string; readonly b?: string }) => void;
}

/** Two versions of a template: what changed in the prompt, word by word, and in everything else. */
export function Compare({ name, a, b, onChoose }: CompareProps) {
  const text = useText<typeof words>('templates');
  const format = useFormat();
  const errorText = useErrorText();
  const team = useTeam();
  const go = useGo();
  const mayEdit = useMay('template.create');
  const { data: versions = [] } = useQuery(templateVersionsQuery(team, name));
  const { data: before } = useQuery(templateQuery(team, name, a));
  const { data: after } = useQuery(templateQuery(team, name, b));
  const save = useSaveVersion(team, name);
  const choices = versions.map(({ version, created_at: at, created_by: by, published }) => ({
    value: String(version),
    label: `v${version}${published ? ` · ${text('states.published')}` : ''}`,
    about: `${format.time(at)} · ${by}`,
  }));
  if (before === undefined || after === undefined) return <Skeleton rows={3} height={96} />;
  const changes = changesOf(before, after);
  return (
    <>
      <div className={css.choices}>
        <Select label={text('compare.before')} value={String(a)} onChange={(value) => onChoose({ a: value })} choices={choices} />
        <span aria-hidden="true">→</span>
        <Select label={text('compare.after')} value={String(b)} onChange={(value) => onChoose({ b: value })} choices={choices} />
        {mayEdit && a < versions.length ? (
          <Button
            icon="versions"
            disabled={save.isPending}
            onClick={() =>
              save.mutate(
                { body: bodyOf(draftOf(before)), isPublished: false },
                { onSuccess: () => go(paths.template(team, name)), onError: (error) => note(errorText(error)) },
              )
            }
          >
            {text('compare.restore', { version: a })}
          </Button>
        ) : null}
      </div>
      <Panel title={text('prompt')}>
        <p className={css.diff}>
          {wordDiff(before.prompt ?? '', after.prompt ?? '').map(({ text: piece, what }, index) =>
            what === 'added' ? (
              <ins key={index}>{piece}</ins>
            ) : what === 'removed' ? (
              <del key={index}>{piece}</del>
            ) : (
              <span key={index}>{piece}</span>
            ),
          )}
        </p>
      </Panel>
      {changes.length === 0 ? (
        <p className={css.faint}>{text('compare.same')}</p>
      ) : (
        <Table
          label={text('compare.rest')}
          columns={[
            { key: 'place', name: text('compare.place'), cell: ({ place }) => <code>{place}</code> },
            { key: 'a', name: `v${a}`, cell: ({ from }) => <del className={css.removed}>{from}</del> },
            { key: 'b', name: `v${b}`, cell: ({ to }) => <ins className={css.added}>{to}</ins> },
          ]}
          rows={changes}
          keyOf={({ place }) => place}
        />
      )}
    </>
  );
}

interface Change {
  readonly place: string;
  readonly from: string;
  readonly to: string;
}

/** Everything but the prompt that is not the same. */
function changesOf(before: Template, after: Template): readonly Change[] {
  const [from, to] = [flat(bodyOf(draftOf(before))), flat(bodyOf(draftOf(after)))];
  return [...new Set([...from.keys(), ...to.keys()])]
    .filter((place) => place !== 'prompt' && from.get(place) !== to.get(place))
    .map((place) => ({ place, from: from.get(place) ?? '', to: to.get(place) ?? '' }));
}

/** Places of a body with what stands there: "output.seed" → "7". */
function flat(value: unknown, place = ''): Map<string, string> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return new Map(Object.entries(value).flatMap(([name, member]) => [...flat(member, place === '' ? name : `${place}.${name}`)]));
  }
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return new Map();
  return new Map([[place, typeof value === 'string' ? value : JSON.stringify(value)]]);
}
