import { useHotkeys } from '../../lib/hotkeys';
import { useText } from '../../lib/text';
import type words from '../../text/en/edit.json';
import { IconButton } from '../../ui/button';
import type { Tool } from './mask-canvas';
import css from './mask.module.css';

const TOOLS = [
  { tool: 'brush', icon: 'brush', key: 'b' },
  { tool: 'eraser', icon: 'eraser', key: 'x' },
  { tool: 'box', icon: 'box', key: 'r' },
] as const;

interface ToolsProps {
  readonly tool: Tool;
  readonly onTool: (tool: Tool) => void;
  readonly mayUndo: boolean;
  readonly mayRedo: boolean;
  readonly mayClear: boolean;
  readonly isDisabled: boolean;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly onInvert: () => void;
  readonly onClear: () => void;
  /** One step smaller or larger. */
  readonly onSize: (step: -1 | 1) => void;
}

/** What paints a mask, each with its key. */
export function Tools(props: ToolsProps) {
  const { tool, onTool, mayUndo, mayRedo, mayClear, isDisabled, onUndo, onRedo, onInvert, onClear, onSize } = props;
  const text = useText<typeof words>('edit');
  const keys = [
    ...TOOLS.map(({ tool: one, key }) => ({ keys: key, label: `mask.${one}`, run: () => onTool(one) })),
    { keys: '-', label: 'mask.smaller', run: () => onSize(-1) },
    { keys: '=', label: 'mask.larger', run: () => onSize(1) },
    { keys: 'Mod+z', label: 'mask.undo', run: onUndo },
    { keys: 'Mod+Z', label: 'mask.redo', run: onRedo },
    { keys: 'I', label: 'mask.invert', run: onInvert },
  ];
  useHotkeys(isDisabled ? [] : keys);
  return (
    <div className={css.tools} role="toolbar" aria-label={text('tools')}>
      {TOOLS.map(({ tool: one, icon, key }) => (
        <IconButton
          key={one}
          name={text(one)}
          hint={key.toUpperCase()}
          icon={icon}
          aria-pressed={tool === one}
          disabled={isDisabled}
          onClick={() => onTool(one)}
        />
      ))}
      <IconButton name={text('undo')} icon="undo" disabled={isDisabled || !mayUndo} onClick={onUndo} />
      <IconButton name={text('redo')} icon="redo" disabled={isDisabled || !mayRedo} onClick={onRedo} />
      <IconButton name={text('invert')} icon="invert" disabled={isDisabled} onClick={onInvert} />
      <IconButton name={text('clear')} icon="remove" disabled={isDisabled || !mayClear} onClick={onClear} />
    </div>
  );
}
