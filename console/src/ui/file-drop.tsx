import { useId, useState, type DragEvent } from 'react';
import { names } from '../lib/names';
import { Icon } from './icon';
import css from './file-drop.module.css';

interface FileDropProps {
  readonly title: string;
  readonly about: string;
  /** As `<input type=file>` takes it. */
  readonly accept: string;
  readonly isMany?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

/** A place to drop files, or to choose them. */
export function FileDrop({ title, about, accept, isMany = false, onFiles }: FileDropProps) {
  const id = useId();
  const [isOver, setOver] = useState(false);
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length > 0) onFiles(isMany ? files : files.slice(0, 1));
  };
  return (
    <label
      className={names(css.drop, isOver && css.over)}
      htmlFor={id}
      onDrop={onDrop}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
    >
      <Icon name="upload" size={22} />
      <strong>{title}</strong>
      <span className={css.about}>{about}</span>
      <input
        id={id}
        className="unseen"
        type="file"
        accept={accept}
        multiple={isMany}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
    </label>
  );
}
