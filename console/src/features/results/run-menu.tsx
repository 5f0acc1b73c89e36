import { originalOf } from '../../api/task-facts';
import { useMay, useTeam } from '../../api/session';
import type { Task } from '../../api/tasks';
import { useGo } from '../../lib/go';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { IconButton } from '../../ui/button';
import { Menu, MenuItem } from '../../ui/menu';
import type { RunVerbs } from './verbs';

interface RunMenuProps extends RunVerbs {
  readonly task: Task;
  readonly models: readonly { readonly id: string; readonly display_name: string }[];
}

/** What more can be done with a run that has ended. */
export function RunMenu({ task, models, comparison, onUseAll, onUsePrompt, onVariations, onOtherModel }: RunMenuProps) {
  const text = useText<typeof words>('studio');
  const team = useTeam();
  const go = useGo();
  const mayTemplate = useMay('template.create');
  const original = task.outputs.length === 0 ? null : originalOf(task);
  return (
    <Menu button={<IconButton name={text('moreOf')} icon="more" size="dense" />}>
      <MenuItem icon="retry" onPick={() => onUseAll(task)}>
        {text('useAll')}
      </MenuItem>
      <MenuItem icon="text" onPick={() => onUsePrompt(task)}>
        {text('usePrompt')}
      </MenuItem>
      <MenuItem icon="dice" onPick={() => onVariations(task)}>
        {text('variations')}
      </MenuItem>
      {original === null || comparison === undefined ? null : (
        <MenuItem icon="compare" onPick={() => comparison.onOpen([original, ...task.outputs.slice(0, 1).map(({ id }) => id)])}>
          {text('compareOriginal')}
        </MenuItem>
      )}
      {task.status === 'succeeded' && mayTemplate ? (
        <MenuItem icon="templates" onPick={() => go(paths.newTemplate(team, task.id))}>
          {text('saveAsTemplate')}
        </MenuItem>
      ) : null}
      {models
        .filter(({ id }) => id !== task.model)
        .slice(0, 12)
        .map((model) => (
          <MenuItem key={model.id} icon="sameSeed" onPick={() => onOtherModel(task, model.id)}>
            {text('sameOn', { model: model.display_name })}
          </MenuItem>
        ))}
    </Menu>
  );
}
