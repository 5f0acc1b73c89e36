import { useState, type DragEvent } from 'react';
import { useTeam } from '../../api/session';
import type { Task, TaskRow } from '../../api/tasks';
import { saveFile } from '../../lib/download';
import { useGo } from '../../lib/go';
import { contentUrl, previewUrl } from '../../lib/media-url';
import { names } from '../../lib/names';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { IconButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { FadingImage } from '../../ui/media';
import { Ring } from '../../ui/ring';
import css from './tiles.module.css';

/** What a dragged image carries. */
const ASSET_TYPE = 'application/x-atelier-asset';

type Output = TaskRow['outputs'][number];

interface TilesProps {
  readonly task: TaskRow | Task;
  readonly prompt: string;
  readonly count: number;
  readonly ratio: string | null;
  readonly isOver: boolean;
  readonly onReference: (asset: string) => void;
  readonly onEdit?: (asset: string) => void;
  readonly comparison?: Comparison;
}

/** Images that are chosen to be compared. */
export interface Comparison {
  readonly picked: readonly string[];
  readonly onPick: (asset: string) => void;
  readonly onOpen: (assets: readonly string[]) => void;
}

/** The images of a run in their ratio: those that are there, and places for those to come. A tile never moves. */
export function Tiles({ task, prompt, count, ratio, isOver, onReference, onEdit, comparison }: TilesProps) {
  const text = useText<typeof words>('studio');
  const team = useTeam();
  const shape = ratio?.replace(':', ' / ') ?? ratioOf(task.outputs[0]);
  const preview = 'preview_url' in task ? task.preview_url : null;
  const places = Array.from({ length: Math.max(count, task.outputs.length) }, (_, index) => task.outputs[index] ?? null);
  const shown = isOver ? places.filter((output) => output !== null) : places;
  const columns = Math.min(4, Math.max(shown.length, 1));
  return (
    <ul className={css.tiles} style={{ '--columns': columns } as React.CSSProperties}>
      {shown.map((output, index) => (
        <li key={index}>
          {output === null ? (
            <Waiting
              isRunning={task.status === 'running'}
              shape={shape}
              preview={
                index === 0 && preview !== null
                  ? { src: previewUrl(team, preview), alt: text('unfinished', { prompt: prompt.slice(0, 120) }) }
                  : null
              }
            />
          ) : (
            <Tile
              output={output}
              alt={altOf(prompt, index, shown.length)}
              shape={shape}
              onReference={onReference}
              {...(onEdit === undefined ? {} : { onEdit })}
              {...(comparison === undefined ? {} : { comparison })}
            />
          )}
        </li>
      ))}
    </ul>
  );

  function altOf(words: string, index: number, of: number): string {
    return text('alt', { prompt: words.slice(0, 120), n: index + 1, of });
  }
}

interface WaitingProps {
  readonly isRunning: boolean;
  readonly shape: string;
  /** What there is of it so far; null: nothing yet. */
  readonly preview: { readonly src: string; readonly alt: string } | null;
}

/** The place of an image to come, with its newest unfinished state once there is one. */
function Waiting({ isRunning, shape, preview }: WaitingProps) {
  const text = useText<typeof words>('studio');
  return (
    <div className={css.waiting} style={{ aspectRatio: shape }}>
      {preview === null ? null : <img className={css.preview} src={preview.src} alt={preview.alt} />}
      <span className={css.stage}>
        {isRunning ? <Ring progress={null} size={20} /> : <Icon name="queued" size={20} />}
        {isRunning ? text('working') : text('waiting')}
      </span>
    </div>
  );
}

function Tile({
  output,
  alt,
  shape,
  onReference,
  onEdit,
  comparison,
}: {
  readonly output: Output;
  readonly alt: string;
  readonly shape: string;
  readonly onReference: (asset: string) => void;
  readonly onEdit?: (asset: string) => void;
  readonly comparison?: Comparison;
}) {
  const text = useText<typeof words>('studio');
  const team = useTeam();
  const go = useGo();
  const [isHeld, setHeld] = useState(false);
  const url = contentUrl(team, output.id);
  const isPicked = comparison?.picked.includes(output.id) === true;
  return (
    <figure
      className={names(css.tile, isHeld && css.held, isPicked && css.picked)}
      draggable
      onDragStart={(event) => event.dataTransfer.setData(ASSET_TYPE, output.id)}
      onTouchEnd={() => setHeld(!isHeld)}
      {...(comparison === undefined || output.kind !== 'image' ? {} : { onDragOver: allow, onDrop: compareWith(comparison) })}
    >
      {output.kind === 'video' ? (
        <video
          className={css.video}
          controls
          preload="none"
          src={url}
          poster={output.thumbnail_url === null ? undefined : url.replace('/content', '/thumbnail')}
          aria-label={alt}
          style={{ aspectRatio: shape }}
        />
      ) : (
        <FadingImage src={url} alt={alt} ratio={shape} />
      )}
      <figcaption className={css.verbs}>
        {output.kind === 'image' ? (
          <IconButton name={text('makeVideo')} icon="video" onClick={() => go(paths.video(team, output.id))} />
        ) : null}
        {output.kind === 'image' && onEdit !== undefined ? (
          <IconButton name={text('editThis')} icon="draft" onClick={() => onEdit(output.id)} />
        ) : null}
        {output.kind === 'image' && comparison !== undefined ? (
          <IconButton name={text('compare')} icon="compare" aria-pressed={isPicked} onClick={() => comparison.onPick(output.id)} />
        ) : null}
        {output.kind === 'image' ? (
          <IconButton name={text('useAsReference')} icon="reference" onClick={() => onReference(output.id)} />
        ) : null}
        <IconButton
          name={text('download')}
          icon="download"
          onClick={() => saveFile(url, `${output.id}.${output.content_type.split('/')[1] ?? 'bin'}`)}
        />
      </figcaption>
    </figure>
  );

  function allow(event: DragEvent): void {
    if (event.dataTransfer.types.includes(ASSET_TYPE)) event.preventDefault();
  }

  /** One image dropped on another: both are compared. */
  function compareWith({ onOpen }: Comparison): (event: DragEvent) => void {
    return (event) => {
      const other = event.dataTransfer.getData(ASSET_TYPE);
      if (other === '' || other === output.id) return;
      event.preventDefault();
      onOpen([output.id, other]);
    };
  }
}

/** As CSS wants it; a square as long as nothing is known. */
function ratioOf(output: Output | undefined): string {
  const { width = null, height = null } = output ?? {};
  return width === null || height === null ? '1 / 1' : `${width} / ${height}`;
}
