import { hasEnded, requestOf } from '../../api/task-facts';
import type { Task } from '../../api/tasks';
import { useTeam } from '../../api/session';
import { useFormat } from '../../lib/format';
import { useGo } from '../../lib/go';
import { names } from '../../lib/names';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/compare.json';
import { Button, IconButton } from '../../ui/button';
import { Menu, MenuItem } from '../../ui/menu';
import css from './compare.module.css';
import { sizeOf, type Compared, type Setting } from './differences';

interface CaptionProps {
  readonly compared: Compared;
  readonly letter: string;
  readonly differing: readonly Setting[];
  readonly models: readonly { readonly id: string; readonly display_name: string; readonly price: string }[];
  readonly onUseAll: (task: Task) => void;
  readonly onOtherModel: (task: Task, model: string) => void;
  /** null: two are the least. */
  readonly onRemove: (() => void) | null;
}

/** One line below an image: what it was made by, with what is not the same as of the others marked, and what can be done with it. */
export function Caption({ compared: { asset, task }, letter, differing, models, onUseAll, onOtherModel, onRemove }: CaptionProps) {
  const text = useText<typeof words>('compare');
  const format = useFormat();
  const team = useTeam();
  const go = useGo();
  const mark = (name: string): string | undefined => names(differing.some((one) => one.name === name) && css.differs);
  const size = sizeOf(asset);
  const seed = task === null ? null : requestOf(task).seed;
  const took =
    task !== null && hasEnded(task) && task.finished_at !== null ? Date.parse(task.finished_at) - Date.parse(task.created_at) : null;
  return (
    <div className={css.facts}>
      <strong className={mark('model')}>{task?.model ?? text('uploaded')}</strong>
      {seed === null ? null : <span className={mark('seed')}>{text('seed', { seed })}</span>}
      {size === null ? null : <span className={mark('pixels')}>{size}</span>}
      {task === null || task.cost.actual === null ? null : <span className="figures">{format.money(task.cost.actual)}</span>}
      {took === null ? null : <span className="figures">{format.duration(took)}</span>}
      <span className={css.verbs}>
        {task === null ? null : (
          <>
            <Button size="dense" icon="check" onClick={() => onUseAll(task)}>
              {text('use', { letter })}
            </Button>
            <Menu button={<IconButton name={text('sameSeed', { letter })} icon="sameSeed" size="dense" />}>
              {models
                .filter(({ id }) => id !== task.model)
                .slice(0, 12)
                .map(({ id, display_name: name, price }) => (
                  <MenuItem key={id} end={price} onPick={() => onOtherModel(task, id)}>
                    {name}
                  </MenuItem>
                ))}
            </Menu>
          </>
        )}
        <IconButton name={text('edit', { letter })} icon="draft" size="dense" onClick={() => go(paths.editImage(team, asset.id))} />
        {onRemove === null ? null : <IconButton name={text('remove', { letter })} icon="close" size="dense" onClick={onRemove} />}
      </span>
    </div>
  );
}
