import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { Act } from './acts';
import css from './mask.module.css';
import { canvasOf, perform, shareOf, show, type Cursor, type Point } from './paint';

export type Tool = 'brush' | 'eraser' | 'box';

interface MaskCanvasProps {
  readonly src: string;
  readonly alt: string;
  /** Of the image, in its pixels. */
  readonly width: number;
  readonly height: number;
  readonly done: readonly Act[];
  readonly tool: Tool;
  /** Of the brush, in pixels of the image. */
  readonly size: number;
  /** The image alone is seen. */
  readonly isHidden: boolean;
  readonly isDisabled: boolean;
  readonly label: string;
  readonly describedBy: string;
  readonly onAct: (act: Act) => void;
  /** Told whenever the mask has changed. */
  readonly onShown: (mask: HTMLCanvasElement, share: number) => void;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The image with its mask over it, painted with a pointer or from the keyboard. */
export function MaskCanvas(props: MaskCanvasProps) {
  const { src, alt, width, height, done, tool, size, isHidden, isDisabled, label, describedBy, onAct } = props;
  const overlay = useRef<HTMLCanvasElement>(null);
  const [mask] = useState(() => canvasOf(width, height));
  const performed = useRef<readonly Act[]>([]);
  const cursor = useRef<Cursor | null>(null);
  const stroke = useRef<{ points: number[]; from: Point } | null>(null);
  const onShown = useRef(props.onShown);
  onShown.current = props.onShown;
  const erases = tool === 'eraser';

  const draw = (): void => {
    if (overlay.current !== null && overlay.current.width > 0) show(overlay.current, mask, isDisabled ? null : cursor.current);
  };
  const latestDraw = useRef(draw);
  latestDraw.current = draw;

  // What is new is done to the mask; after an undo it is drawn from the beginning.
  useEffect(() => {
    const isLonger = performed.current.every((one, index) => done[index] === one);
    if (!isLonger) perform(mask, { kind: 'clear' });
    for (const one of isLonger ? done.slice(performed.current.length) : done) perform(mask, one);
    performed.current = done;
    latestDraw.current();
    onShown.current(mask, shareOf(mask));
  }, [done, mask]);

  useEffect(() => {
    const canvas = overlay.current;
    if (canvas === null) return undefined;
    const fit = (): void => {
      canvas.width = Math.round(canvas.clientWidth * window.devicePixelRatio);
      canvas.height = Math.round(canvas.clientHeight * window.devicePixelRatio);
      latestDraw.current();
    };
    const watcher = new ResizeObserver(fit);
    watcher.observe(canvas);
    fit();
    return () => watcher.disconnect();
  }, []);
  useEffect(() => {
    if (cursor.current !== null) cursor.current = { ...cursor.current, width: size };
    latestDraw.current();
  }, [size, tool, isDisabled]);

  const pointOf = (event: { readonly clientX: number; readonly clientY: number }): Point => {
    const box = overlay.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return { x: 0, y: 0 };
    return {
      x: Math.round(((event.clientX - box.left) / box.width) * width),
      y: Math.round(((event.clientY - box.top) / box.height) * height),
    };
  };
  const at = (point: Point, from: Point | null = null): void => {
    cursor.current = { ...point, width: size, from };
    draw();
  };
  const begin = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (isDisabled || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const point = pointOf(event);
    stroke.current = { points: [point.x, point.y], from: point };
    if (tool !== 'box') perform(mask, { kind: 'stroke', erases, width: size, points: [point.x, point.y] });
    at(point, tool === 'box' ? point : null);
  };
  const move = (event: PointerEvent<HTMLCanvasElement>): void => {
    const point = pointOf(event);
    const now = stroke.current;
    if (now !== null && tool !== 'box') {
      const before = now.points.slice(-2);
      const steps = event.nativeEvent.getCoalescedEvents().map(pointOf);
      const added = (steps.length === 0 ? [point] : steps).flatMap(({ x, y }) => [x, y]);
      now.points.push(...added);
      perform(mask, { kind: 'stroke', erases, width: size, points: [...before, ...added] });
    }
    at(point, tool === 'box' ? (now?.from ?? null) : null);
  };
  const end = (event: PointerEvent<HTMLCanvasElement>): void => {
    const now = stroke.current;
    stroke.current = null;
    if (now === null) return;
    const point = pointOf(event);
    at(point);
    if (tool !== 'box') {
      const whole: Act = { kind: 'stroke', erases, width: size, points: now.points };
      // It is on the mask already.
      performed.current = [...done, whole];
      onAct(whole);
    } else if (point.x !== now.from.x && point.y !== now.from.y) {
      const [x, y] = [Math.min(point.x, now.from.x), Math.min(point.y, now.from.y)];
      const box = { x, y, width: Math.abs(point.x - now.from.x), height: Math.abs(point.y - now.from.y) };
      onAct({ kind: 'box', erases: event.altKey, ...box });
    }
  };
  const press = (event: KeyboardEvent): void => {
    if (isDisabled) return;
    const before = cursor.current ?? { x: Math.round(width / 2), y: Math.round(height / 2) };
    const step = STEPS[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const far = Math.max(2, Math.round(size / 2));
      const next = { x: clamp(before.x + step[0] * far, width), y: clamp(before.y + step[1] * far, height) };
      at(next);
      if (event.shiftKey) onAct({ kind: 'stroke', erases, width: size, points: [before.x, before.y, next.x, next.y] });
    } else if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      at(before);
      onAct({ kind: 'stroke', erases, width: size, points: [before.x, before.y] });
    }
  };
  const leave = (): void => {
    cursor.current = null;
    draw();
  };

  return (
    <div className={css.frame}>
      <div className={css.sheet} style={{ '--ratio': width / height } as React.CSSProperties}>
        <img className={css.image} src={src} alt={alt} draggable={false} />
        <canvas
          ref={overlay}
          className={css.overlay}
          // A surface that takes arrows and Space itself; what it shows is said by the line beside it.
          role="application"
          tabIndex={0}
          aria-label={label}
          aria-describedby={describedBy}
          data-hidden={isHidden || undefined}
          data-disabled={isDisabled || undefined}
          onPointerDown={begin}
          onPointerMove={move}
          onPointerUp={end}
          onPointerCancel={end}
          onPointerLeave={leave}
          onFocus={() => cursor.current === null && at({ x: Math.round(width / 2), y: Math.round(height / 2) })}
          onKeyDown={press}
        />
      </div>
    </div>
  );
}

const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));
