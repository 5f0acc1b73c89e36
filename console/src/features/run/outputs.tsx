import { useTeam } from '../../api/session';
import type { Task } from '../../api/tasks';
import { saveFile } from '../../lib/download';
import { useFormat } from '../../lib/format';
import { contentUrl, thumbnailUrl } from '../../lib/media-url';
import { useText } from '../../lib/text';
import type words from '../../text/en/run.json';
import { IconButton } from '../../ui/button';
import { FadingImage } from '../../ui/media';
import css from './outputs.module.css';

/** What came of it, big. Text is text. */
export function Outputs({ task, prompt }: { readonly task: Task; readonly prompt: string }) {
  const text = useText<typeof words>('run');
  const format = useFormat();
  const team = useTeam();
  const { outputs } = task;
  return (
    <>
      {task.text === null || task.text === '' ? null : <div className={css.text}>{task.text}</div>}
      {outputs.length === 0 ? null : (
        <ul className={css.outputs}>
          {outputs.map((output, index) => {
            const url = contentUrl(team, output.id);
            const alt = text('alt', { prompt: prompt.slice(0, 120), n: index + 1, of: outputs.length });
            const ratio = output.width === null || output.height === null ? undefined : `${output.width} / ${output.height}`;
            return (
              <li key={output.id}>
                {output.kind === 'video' ? (
                  <video
                    controls
                    preload="none"
                    src={url}
                    {...(output.thumbnail_url === null ? {} : { poster: thumbnailUrl(team, output.id) })}
                    aria-label={alt}
                    className={css.video}
                  />
                ) : output.kind === 'audio' ? (
                  <audio controls preload="none" src={url} aria-label={alt} />
                ) : (
                  <FadingImage src={url} alt={alt} ratio={ratio} className={css.image} />
                )}
                <div className={css.line}>
                  <span>
                    {[output.width === null ? null : `${output.width} × ${output.height ?? ''}`, format.bytes(output.bytes)]
                      .filter((part) => part !== null)
                      .join(' · ')}
                  </span>
                  <IconButton
                    name={text('download')}
                    icon="download"
                    size="dense"
                    onClick={() => saveFile(url, `${output.id}.${output.content_type.split('/')[1] ?? 'bin'}`)}
                  />
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}
