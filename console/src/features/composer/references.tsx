import { lazy, Suspense, useEffect, useId, useRef, useState, type DragEvent } from 'react';
import { useTeam } from '../../api/session';
import { uploadAsset } from '../../api/upload';
import { movedTo, useDragOrder } from '../../lib/drag-order';
import { useLeaveGuard } from '../../lib/leave-guard';
import { contentUrl } from '../../lib/media-url';
import { names } from '../../lib/names';
import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { IconButton } from '../../ui/button';
import { FieldGroup } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { FadingImage } from '../../ui/media';
import { Select } from '../../ui/select';
import type { Reference, Role } from './draft';
import { filesOf, readReference } from './read-files';
import css from './references.module.css';

const LibraryDialog = lazy(async () => ({ default: (await import('./library-dialog')).LibraryDialog }));

interface ReferencesProps {
  readonly references: readonly Reference[];
  readonly roles: readonly Role[];
  readonly most: number;
  readonly onChange: (references: readonly Reference[]) => void;
}

/** Images that go in: pasted anywhere on the page, dropped, or chosen; each with what it is for. */
export function References({ references, roles, most, onChange }: ReferencesProps) {
  const text = useText<typeof words>('studio');
  const team = useTeam();
  const inputId = useId();
  const [fault, setFault] = useState<string | null>(null);
  const [isOver, setOver] = useState(false);
  const [isChoosing, setChoosing] = useState(false);
  const latest = useRef(references);
  latest.current = references;
  // A file that does not lie in the library yet would go with the page.
  useLeaveGuard(references.some(({ source }) => source.kind === 'file'));

  async function addFiles(files: readonly File[]): Promise<void> {
    setFault(null);
    for (const file of files) {
      const read = await readReference(file, roles[0] ?? 'reference');
      if (latest.current.length >= most) setFault(text('faults.tooMany', { most }));
      else if ('fault' in read) setFault(text(`faults.${read.fault}`, { name: file.name }));
      else {
        onChange([...latest.current, read]);
        // Once it lies in the library the draft survives a reload. Until then, or if that fails, the file goes with the run.
        uploadAsset(team, file).then(
          (asset) => keepAsset(read.id, asset.id),
          () => undefined,
        );
      }
    }
  }
  function keepAsset(id: string, asset: string): void {
    onChange(latest.current.map((one) => (one.id === id ? { ...one, source: { kind: 'asset', asset } } : one)));
  }
  const add = useRef(addFiles);
  add.current = addFiles;
  useEffect(() => {
    const onPaste = (event: ClipboardEvent): void => {
      const files = filesOf(event.clipboardData);
      if (files.length === 0) return;
      event.preventDefault();
      void add.current(files);
    };
    window.addEventListener('paste', onPaste);
    return () => window.removeEventListener('paste', onPaste);
  }, []);

  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const asset = event.dataTransfer.getData('application/x-atelier-asset');
    if (asset !== '') onChange([...references.filter(({ id }) => id !== asset), fromLibrary(asset)].slice(0, most));
    else void addFiles(filesOf(event.dataTransfer));
  };
  const move = (from: number, to: number): void => onChange(movedTo(references, from, to));
  const dragOf = useDragOrder(move);
  const fromLibrary = (asset: string): Reference => ({ id: asset, role: roles[0] ?? 'reference', source: { kind: 'asset', asset } });
  const change = (id: string, role: Role): void => onChange(references.map((one) => (one.id === id ? { ...one, role } : one)));

  return (
    <FieldGroup label={text('references')} aside={`${references.length} / ${most}`}>
      {(labelId) => (
        <div
          role="group"
          aria-labelledby={labelId}
          className={names(css.tiles, isOver && css.over)}
          onDrop={onDrop}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
        >
          {references.map((reference, index) => (
            <div
              key={reference.id}
              className={css.tile}
              {...dragOf(index)}
              onKeyDown={(event) => {
                const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
                if (!event.altKey || step === 0) return;
                event.preventDefault();
                move(index, index + step);
              }}
            >
              <FadingImage
                className={css.image}
                src={reference.source.kind === 'asset' ? contentUrl(team, reference.source.asset) : reference.source.shownUrl}
                alt={text('referenceName', { n: index + 1 })}
              />
              <div className={css.remove}>
                <IconButton
                  name={text('removeReference', { n: index + 1 })}
                  icon="close"
                  size="dense"
                  onClick={() => onChange(references.filter(({ id }) => id !== reference.id))}
                />
              </div>
              {references.length < 2 ? null : (
                <div className={css.order}>
                  <IconButton
                    name={text('moveEarlier', { n: index + 1 })}
                    icon="back"
                    size="dense"
                    disabled={index === 0}
                    onClick={() => move(index, index - 1)}
                  />
                  <IconButton
                    name={text('moveLater', { n: index + 1 })}
                    icon="forward"
                    size="dense"
                    disabled={index === references.length - 1}
                    onClick={() => move(index, index + 1)}
                  />
                </div>
              )}
              <Select
                label={text('role', { n: index + 1 })}
                value={reference.role}
                onChange={(role) => change(reference.id, role as Role)}
                choices={roles.map((role) => ({ value: role, label: text(`roles.${role}`) }))}
              />
            </div>
          ))}
          {references.length >= most ? null : (
            <label className={css.add} htmlFor={inputId}>
              <Icon name="add" size={16} />
              <span>{text('addReference')}</span>
              <input
                id={inputId}
                className="unseen"
                type="file"
                multiple
                accept="image/png,image/jpeg,image/webp"
                onChange={(event) => {
                  void addFiles([...(event.target.files ?? [])]);
                  event.target.value = '';
                }}
              />
            </label>
          )}
          {references.length >= most ? null : (
            <button type="button" className={css.add} onClick={() => setChoosing(true)}>
              <Icon name="library" size={16} />
              <span>{text('library.open')}</span>
            </button>
          )}
          {isChoosing ? (
            <Suspense fallback={null}>
              <LibraryDialog
                most={most - references.length}
                taken={new Set(references.flatMap(({ source }) => (source.kind === 'asset' ? [source.asset] : [])))}
                onPick={(assets) => onChange([...references, ...assets.map(fromLibrary)].slice(0, most))}
                onClose={() => setChoosing(false)}
              />
            </Suspense>
          ) : null}
          {fault === null ? null : (
            <p className={css.fault} role="alert">
              {fault}
            </p>
          )}
        </div>
      )}
    </FieldGroup>
  );
}
