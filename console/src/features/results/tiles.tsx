import { useState } from 'react';
import { useTeam } from '../../api/session';
import type { Task, TaskRow } from '../../api/tasks';
import { saveFile } from '../../lib/download';
import { useGo } from '../../lib/go';
import { contentUrl } from '../../lib/media-url';
import { names } from '../../lib/names';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { IconButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { FadingImage } from '../../ui/media';
import { Ring } from '../../ui/ring';
import css from './tiles.module.css';

type Output = TaskRow['outputs'][number];

interface TilesProps {
  readonly task: TaskRow | Task;
  readonly prompt: string;
  readonly count: number;
  readonly ratio: string | null;
  readonly isOver: boolean;
  readonly onReference: (asset: string) => void;
  readonly onEdit?: (asset: string) => void;
}

/** The images of a run in their ratio: those that are there, and places for those to come. A tile never moves. */
export function Tiles({ task, prompt, count, ratio, isOver, onReference, onEdit }: TilesProps) {
  const text = useText<typeof words>('studio');
  const shape = ratio?.replace(':', ' / ') ?? ratioOf(task.outputs[0]);
  const places = Array.from({ length: Math.max(count, task.outputs.length) }, (_, index) => task.outputs[index] ?? null);
  const shown = isOver ? places.filter((output) => output !== null) : places;
  const columns = Math.min(4, Math.max(shown.length, 1));
  return (
    <ul className={css.tiles} style={{ '--columns': columns } as React.CSSProperties}>
      {shown.map((output, index) => (
        <li key={index}>
          {output === null ? (
            <div className={css.waiting} style={{ aspectRatio: shape }}>
              {task.status === 'running' ? <Ring progress={null} size={20} /> : <Icon name="queued" size={20} />}
              <span>{task.status === 'running' ? text('working') : text('waiting')}</span>
            </div>
          ) : (
            <Tile
              output={output}
              alt={altOf(prompt, index, shown.length)}
              shape={shape}
              onReference={onReference}
              {...(onEdit === undefined ? {} : { onEdit })}
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

function Tile({
  output,
  alt,
  shape,
  onReference,
  onEdit,
}: {
  readonly output: Output;
  readonly alt: string;
  readonly shape: string;
  readonly onReference: (asset: string) => void;
  readonly onEdit?: (asset: string) => void;
}) {
  const text = useText<typeof words>('studio');
  const team = useTeam();
  const go = useGo();
  const [isHeld, setHeld] = useState(false);
  const url = contentUrl(team, output.id);
  return (
    <figure
      className={names(css.tile, isHeld && css.held)}
      draggable
      onDragStart={(event) => event.dataTransfer.setData('application/x-atelier-asset', output.id)}
      onTouchEnd={() => setHeld(!isHeld)}
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
}

/** As CSS wants it; a square as long as nothing is known. */
function ratioOf(output: Output | undefined): string {
  const { width = null, height = null } = output ?? {};
  return width === null || height === null ? '1 / 1' : `${width} / ${height}`;
}
