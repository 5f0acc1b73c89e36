import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { LinearScale } from '../../lib/scale';
import css from './chart.module.css';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Room for the marks of the axes, in pixels. */
export const MARGIN = { top: 12, right: 24, bottom: 24, left: 56 };

/** Draws into whatever width there is. */
export function Frame({ height, children }: { readonly height: number; readonly children: (size: Size) => ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={frame} className={css.frame} style={{ height }}>
      {width === 0 ? null : children({ width, height })}
    </div>
  );
}

/** The lines and figures of the axis of amounts. */
export function AmountAxis({
  scale,
  width,
  format,
}: {
  readonly scale: LinearScale;
  readonly width: number;
  readonly format: (value: number) => string;
}) {
  return (
    <g>
      {scale.ticks(4).map((value) => (
        <g key={value} transform={`translate(0 ${scale(value)})`}>
          <line className={css.line} x1={MARGIN.left} x2={width - MARGIN.right} />
          <text className={css.mark} x={MARGIN.left - 8} dy="0.32em" textAnchor="end">
            {format(value)}
          </text>
        </g>
      ))}
    </g>
  );
}

/** How many marks fit beside each other. @param room - pixels of a mark */
export const everyNth = (count: number, width: number, room: number): number => Math.max(1, Math.ceil((count * room) / Math.max(1, width)));
