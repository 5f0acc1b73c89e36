import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTeam } from '../../api/session';
import { contentUrl } from '../../lib/media-url';
import { names } from '../../lib/names';
import { useText } from '../../lib/text';
import type words from '../../text/en/compare.json';
import css from './compare.module.css';
import { LETTERS } from './differences';

export type Mode = 'side' | 'slide' | 'overlay';

export interface View {
  /** 1: all of the image is seen. */
  readonly zoom: number;
  /** Of the image's middle, in shares of its size. */
  readonly x: number;
  readonly y: number;
}

export const WHOLE: View = { zoom: 1, x: 0, y: 0 };
export const MOST_ZOOM = 8;
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** Another zoom or place, within the image. */
export function viewOf({ zoom, x, y }: View): View {
  const near = Math.min(MOST_ZOOM, Math.max(1, zoom));
  const most = (near - 1) / 2;
  const within = (value: number): number => Math.min(most, Math.max(-most, value));
  return { zoom: near, x: within(x), y: within(y) };
}

interface WindowProps {
  readonly label: string;
  readonly ratio: number;
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly children: React.ReactNode;
}

/** A window over an image that can be moved when it is zoomed; all windows of a comparison show the same part. */
export function Window({ label, ratio, view, onView, children }: WindowProps) {
  const last = useRef<{ readonly x: number; readonly y: number } | null>(null);
  const move = (event: PointerEvent<HTMLDivElement>): void => {
    if (last.current === null) return;
    const { width, height } = event.currentTarget.getBoundingClientRect();
    onView(
      viewOf({
        ...view,
        x: view.x + (event.clientX - last.current.x) / width,
        y: view.y + (event.clientY - last.current.y) / height,
      }),
    );
    last.current = { x: event.clientX, y: event.clientY };
  };
  const press = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined || view.zoom === 1) return;
    event.preventDefault();
    onView(viewOf({ ...view, x: view.x + step[0] / 10, y: view.y + step[1] / 10 }));
  };
  return (
    <div
      className={names(css.window, view.zoom > 1 && css.movable)}
      style={{ '--ratio': ratio, '--zoom': view.zoom, '--x': view.x, '--y': view.y } as React.CSSProperties}
      role="group"
      aria-label={label}
      tabIndex={0}
      onPointerDown={(event) => {
        if (view.zoom === 1 || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        last.current = { x: event.clientX, y: event.clientY };
      }}
      onPointerMove={move}
      onPointerUp={() => (last.current = null)}
      onPointerCancel={() => (last.current = null)}
      onKeyDown={press}
    >
      {children}
    </div>
  );
}

interface PairProps {
  readonly mode: 'slide' | 'overlay';
  readonly below: { readonly id: string; readonly alt: string };
  readonly above: { readonly id: string; readonly alt: string };
  readonly ratio: number;
  readonly view: View;
  readonly onView: (view: View) => void;
  /** How much of the second is seen, 0 to 100. */
  readonly share: number;
  readonly onShare: (share: number) => void;
}

/** Two images one over the other: the second from a line on, or through the first. */
export function Pair({ mode, below, above, ratio, view, onView, share, onShare }: PairProps) {
  const text = useText<typeof words>('compare');
  const team = useTeam();
  const [isDragging, setDragging] = useState(false);
  const isSliding = mode === 'slide' && view.zoom === 1;
  const slide = (event: PointerEvent<HTMLDivElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    onShare(Math.round(Math.min(100, Math.max(0, 100 - ((event.clientX - left) / width) * 100))));
  };
  return (
    <div className={css.pair}>
      <div
        className={css.frame}
        style={{ '--share': share } as React.CSSProperties}
        data-mode={mode}
        {...(isSliding
          ? {
              onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
                if (!(event.target instanceof HTMLElement) || event.target.closest('[data-slides]') === null) return;
                setDragging(true);
              },
              onPointerUp: () => setDragging(false),
            }
          : {})}
      >
        <Window label={text('pair')} ratio={ratio} view={view} onView={onView}>
          <div
            data-slides
            className={css.layers}
            onPointerDown={(event) => isSliding && slide(event)}
            onPointerMove={(event) => isSliding && isDragging && slide(event)}
            onPointerLeave={() => setDragging(false)}
          >
            <img className={css.image} src={contentUrl(team, below.id)} alt={below.alt} draggable={false} />
            <img className={names(css.image, css.above)} src={contentUrl(team, above.id)} alt={above.alt} draggable={false} />
            {mode === 'slide' ? <span className={css.line} aria-hidden="true" /> : null}
          </div>
          <span className={css.letter}>{LETTERS[0]}</span>
          <span className={names(css.letter, css.right)}>{LETTERS[1]}</span>
        </Window>
      </div>
      <label className={css.share}>
        {mode === 'slide' ? text('slideTo', { letter: LETTERS[1] }) : text('through', { letter: LETTERS[1] })}
        <input type="range" min={0} max={100} value={share} onChange={(event) => onShare(Number(event.target.value))} />
      </label>
    </div>
  );
}
