import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { lineageQuery, useChangeAssets, type Asset } from '../../api/assets';
import { useErrorText } from '../../api/errors';
import { useMay, useTeam } from '../../api/session';
import { saveFile } from '../../lib/download';
import { useFormat } from '../../lib/format';
import { useGo } from '../../lib/go';
import { contentUrl, thumbnailUrl } from '../../lib/media-url';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/library.json';
import { note } from '../../ui/announce';
import { Button, ButtonLink, IconButton } from '../../ui/button';
import { CopyText } from '../../ui/copy-text';
import { Facts } from '../../ui/facts';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Link } from '../../ui/link';
import { FadingImage, Thumb } from '../../ui/media';
import { Menu, MenuItem } from '../../ui/menu';
import { PageHeader } from '../../ui/page-header';
import { Panel } from '../../ui/panel';
import { nameOf } from './asset-tile';
import { DeleteDialog } from './bulk-bar';
import css from './library.module.css';

const FORMATS = ['png', 'jpeg', 'webp'] as const;

/** A file: what it is, where it came from, what became of it, and what can be made of it. */
export function AssetView({ asset }: { readonly asset: Asset }) {
  const text = useText<typeof words>('library');
  const format = useFormat();
  const team = useTeam();
  const go = useGo();
  const mayCreate = useMay('generation.create');
  const mayControl = useMay('generation.control');
  const [isDeleting, setDeleting] = useState(false);
  const { id, kind, width, height, bytes, task_id: taskId } = asset;
  const url = contentUrl(team, id);
  const name = nameOf(asset);
  return (
    <>
      <PageHeader title={name} before={<IconButton name={text('all')} icon="back" onClick={() => go(paths.library(team))} />}>
        {kind === 'image' && mayCreate ? (
          <>
            <ButtonLink kind="primary" icon="video" to={paths.video(team, id)}>
              {text('makeVideo')}
            </ButtonLink>
            <ButtonLink icon="draft" to={paths.editImage(team, id)}>
              {text('edit')}
            </ButtonLink>
            <ButtonLink icon="reference" to={paths.image(team, id)}>
              {text('useAsReference')}
            </ButtonLink>
          </>
        ) : null}
        <Menu button={<Button icon="download">{text('download')}</Button>}>
          <MenuItem onPick={() => saveFile(`${url}&download=`, name)}>{text('asItIs')}</MenuItem>
          {kind === 'image'
            ? FORMATS.map((one) => (
                <MenuItem key={one} onPick={() => saveFile(`${url}&download=&format=${one}`, `${name}.${one}`)}>
                  {one.toUpperCase()}
                </MenuItem>
              ))
            : null}
        </Menu>
        {mayControl ? <IconButton name={text('delete')} icon="remove" kind="outline" onClick={() => setDeleting(true)} /> : null}
      </PageHeader>
      <div className={css.columns}>
        <div className={css.shown}>
          {kind === 'video' ? (
            <video
              controls
              preload="none"
              src={url}
              poster={asset.thumbnail_url === null ? undefined : thumbnailUrl(team, id)}
              aria-label={name}
            />
          ) : kind === 'image' ? (
            <FadingImage src={url} alt={name} ratio={width === null || height === null ? undefined : `${width} / ${height}`} />
          ) : kind === 'audio' ? (
            <audio controls preload="none" src={url} aria-label={name} />
          ) : null}
        </div>
        <div className={css.side}>
          {mayControl ? <Labels key={id} asset={asset} /> : null}
          <Panel title={text('facts.title')}>
            <Facts
              rows={[
                [text('facts.kind'), text(`kinds.${kind}`)],
                [text('facts.size'), width === null || height === null ? null : `${width} × ${height}`],
                [text('facts.bytes'), format.bytes(bytes)],
                [text('facts.made'), format.exactTime(asset.created_at)],
                [text('facts.id'), <CopyText key="id" text={id} />],
                [
                  text('facts.task'),
                  taskId === null ? null : (
                    <Link key="task" to={paths.task(team, taskId)}>
                      {text('facts.openTask')}
                    </Link>
                  ),
                ],
              ]}
            />
          </Panel>
          <Lineage id={id} />
        </div>
      </div>
      {isDeleting ? <DeleteDialog assets={[asset]} onClose={() => setDeleting(false)} onDone={() => go(paths.library(team))} /> : null}
    </>
  );
}

function Labels({ asset }: { readonly asset: Asset }) {
  const text = useText<typeof words>('library');
  const errorText = useErrorText();
  const change = useChangeAssets(useTeam());
  const [name, setName] = useState(asset.name ?? '');
  const [tags, setTags] = useState(asset.tags.join(', '));
  const list = [...new Set(tags.split(/[,，、]/).map((tag) => tag.trim()))].filter((tag) => tag !== '');
  const isSame = name.trim() === (asset.name ?? '') && list.join() === asset.tags.join();
  const save = (): void =>
    change.mutate([{ id: asset.id, ...(name.trim() === '' ? {} : { name: name.trim() }), tags: list }], {
      onSuccess: () => note(text('saved')),
      onError: (error) => note(errorText(error)),
    });
  return (
    <Panel>
      <Field label={text('name')}>
        {(ids) => <Input {...ids} value={name} maxLength={255} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Field label={text('tags')} hint={text('tagsHint')}>
        {(ids) => <Input {...ids} value={tags} onChange={(event) => setTags(event.target.value)} />}
      </Field>
      <Button disabled={isSame || change.isPending} onClick={save}>
        {text('save')}
      </Button>
    </Panel>
  );
}

/** What it was made of, and what was made of it. */
function Lineage({ id }: { readonly id: string }) {
  const text = useText<typeof words>('library');
  const team = useTeam();
  const { data } = useQuery(lineageQuery(team, id));
  if (data === undefined || data.parents.length + data.children.length === 0) return null;
  return (
    <Panel title={text('lineage.title')}>
      {(['parents', 'children'] as const).map((side) =>
        data[side].length === 0 ? null : (
          <div key={side} className={css.kin}>
            <h3>{text(`lineage.${side}`)}</h3>
            <ul className={css.kinRow}>
              {data[side].map(({ asset }) => (
                <li key={asset.id}>
                  <Link to={paths.asset(team, asset.id)} label={nameOf(asset)}>
                    <Thumb
                      src={asset.thumbnail_url !== null || asset.kind === 'image' ? thumbnailUrl(team, asset.id) : null}
                      alt=""
                      icon={asset.kind === 'video' ? 'video' : 'image'}
                      size={64}
                    />
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ),
      )}
    </Panel>
  );
}
