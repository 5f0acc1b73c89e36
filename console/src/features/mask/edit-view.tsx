import { useId, useRef, useState, type ReactNode } from 'react';
import type { Asset } from '../../api/assets';
import { useTeam } from '../../api/session';
import { useFormat } from '../../lib/format';
import { contentUrl } from '../../lib/media-url';
import { useText } from '../../lib/text';
import type words from '../../text/en/edit.json';
import { Button, IconButton } from '../../ui/button';
import { PageHeader } from '../../ui/page-header';
import { act, NO_ACTS, redo, undo, type Act, type Acts } from './acts';
import { MaskCanvas, type Tool } from './mask-canvas';
import css from './mask.module.css';
import { pngOf } from './paint';
import { Tools } from './tools';

/** Half of a thousandth of the image is no mask but a slip of the hand. */
const LEAST_SHARE = 0.0005;
const STEP = 1.25;

export interface MaskState {
  /** As a `data:` address, read when it is sent. null: nothing is masked, all of the image is edited. */
  readonly png: () => string | null;
  readonly isEmpty: boolean;
}

interface EditViewProps {
  /** An image whose size is known. */
  readonly asset: Asset & { readonly width: number; readonly height: number };
  readonly alt: string;
  readonly acts: Acts;
  readonly onActs: (acts: Acts) => void;
  /** Why this model can't be given a mask; null: it can. */
  readonly refused: string | null;
  readonly onClose: () => void;
  /** What stands below the image: the words, the price, the button. */
  readonly children: (mask: MaskState) => ReactNode;
}

/** An image as large as there is room, with a mask to paint over what is to change. */
export function EditView({ asset, alt, acts, onActs, refused, onClose, children }: EditViewProps) {
  const text = useText<typeof words>('edit');
  const format = useFormat();
  const team = useTeam();
  const says = useId();
  const { width, height } = asset;
  const [least, most] = [Math.max(4, Math.round(Math.max(width, height) / 200)), Math.round(Math.max(width, height) / 3)];
  const [tool, setTool] = useState<Tool>('brush');
  const [size, setSize] = useState(() => Math.round(Math.max(width, height) / 14));
  const [share, setShare] = useState(0);
  const [isHidden, setHidden] = useState(false);
  const mask = useRef<HTMLCanvasElement | null>(null);
  const isEmpty = share < LEAST_SHARE || refused !== null;
  // Strokes come one after the other, faster than the page is drawn.
  const latest = useRef(acts);
  latest.current = acts;
  const change = (next: Acts): void => {
    latest.current = next;
    onActs(next);
  };
  const add = (one: Act): void => change(act(latest.current, one));
  const resize = (to: number): void => setSize(Math.min(most, Math.max(least, Math.round(to))));

  return (
    <section className={css.edit} aria-label={text('title')}>
      <div className={css.head}>
        <PageHeader title={text('title')} before={<IconButton name={text('back')} icon="back" onClick={onClose} />} />
        <label className={css.size}>
          {text('size')}
          <input
            type="range"
            min={least}
            max={most}
            value={size}
            disabled={refused !== null}
            onChange={(event) => resize(Number(event.target.value))}
          />
        </label>
        <Button icon="see" aria-pressed={isHidden} disabled={refused !== null} onClick={() => setHidden(!isHidden)}>
          {isHidden ? text('showMask') : text('hideMask')}
        </Button>
      </div>
      <div className={css.desk}>
        <Tools
          tool={tool}
          onTool={setTool}
          mayUndo={acts.done.length > 0}
          mayRedo={acts.undone.length > 0}
          mayClear={!isEmpty}
          isDisabled={refused !== null}
          onUndo={() => change(undo(latest.current))}
          onRedo={() => change(redo(latest.current))}
          onInvert={() => add({ kind: 'invert' })}
          onClear={() => add({ kind: 'clear' })}
          onSize={(step) => resize(step === 1 ? size * STEP : size / STEP)}
        />
        <MaskCanvas
          key={asset.id}
          src={contentUrl(team, asset.id)}
          alt={alt}
          width={width}
          height={height}
          done={acts.done}
          tool={tool}
          size={size}
          isHidden={isHidden}
          isDisabled={refused !== null}
          label={text('surface')}
          describedBy={says}
          onAct={add}
          onShown={(canvas, masked) => {
            mask.current = canvas;
            setShare(masked);
          }}
        />
      </div>
      <p id={says} className={css.says} role="status">
        {refused ?? (isEmpty ? text('nothing') : text('masked', { share: format.percent(share) }))}{' '}
        {refused === null ? <span className={css.keys}>{text('byKeys')}</span> : null}
      </p>
      {children({ isEmpty, png: () => (isEmpty || mask.current === null ? null : pngOf(mask.current)) })}
    </section>
  );
}

export { NO_ACTS };
export type { Acts };
