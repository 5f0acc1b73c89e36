import { useId, useState, type PointerEvent } from 'react';
import { bandScale, linearScale } from '../../lib/scale';
import css from './chart.module.css';
import { AmountAxis, everyNth, Frame, MARGIN, type Size } from './frame';
import { fillOf, Patterns } from './patterns';

export interface BarSlot {
  readonly key: string;
  /** Below the bar; as many are shown as fit. */
  readonly mark: string;
  /** Of the card that opens over it. */
  readonly title: string;
  /** Expected, not yet there: drawn dashed. */
  readonly expected?: number;
}

export interface BarSeries {
  readonly key: string;
  readonly label: string;
  readonly look: number;
  /** One for each slot. */
  readonly values: readonly number[];
}

export interface BarsProps {
  /** The chart in a sentence, for who does not see it. */
  readonly label: string;
  readonly slots: readonly BarSlot[];
  readonly series: readonly BarSeries[];
  readonly format: (value: number) => string;
  /** A dotted line across, such as the even pace of a budget. */
  readonly line?: { readonly value: number; readonly label: string } | null;
  readonly height?: number;
  /** Drawing over slots chooses them. */
  readonly onRange?: (from: number, to: number) => void;
}

/** Stacked bars. What they show must stand in a table beside them as well. */
export function Bars({ height = 260, ...props }: BarsProps) {
  return <Frame height={height}>{(size) => <Drawing {...props} size={size} />}</Frame>;
}

function Drawing({ label, slots, series, format, line = null, onRange, size }: Omit<BarsProps, 'height'> & { readonly size: Size }) {
  const id = useId().replace(/[^\w-]/g, '');
  const { width, height } = size;
  const [active, setActive] = useState<number | null>(null);
  const [from, setFrom] = useState<number | null>(null);
  const sums = slots.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const most = Math.max(...sums, ...slots.map(({ expected = 0 }) => expected), 0);
  const top = line !== null && line.value < most * 3 ? Math.max(most, line.value) : most;
  const x = bandScale(slots.length, [MARGIN.left, width - MARGIN.right], slots.length > 60 ? 0.1 : 0.24);
  const y = linearScale(top, [height - MARGIN.bottom, MARGIN.top]);
  const nth = everyNth(slots.length, width - MARGIN.left - MARGIN.right, 56);
  const at = (event: PointerEvent<SVGElement>): number => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return Math.max(0, Math.min(slots.length - 1, Math.floor((left / event.currentTarget.getBoundingClientRect().width) * slots.length)));
  };
  const end = (event: PointerEvent<SVGElement>): void => {
    if (from !== null) {
      const to = at(event);
      if (to !== from) onRange?.(Math.min(from, to), Math.max(from, to));
    }
    setFrom(null);
  };
  const shown = active === null ? undefined : slots[active];
  const left = x.at;
  return (
    <>
      <svg width={width} height={height} role="img" aria-label={label}>
        <Patterns id={id} />
        <AmountAxis scale={y} width={width} format={format} />
        {slots.map((slot, index) => (
          <g key={slot.key}>
            <Stack series={series} index={index} x={left(index)} width={x.bandwidth} y={y} id={id} />
            {slot.expected === undefined || slot.expected <= (sums[index] ?? 0) ? null : (
              <rect
                className={css.expected}
                x={left(index)}
                width={x.bandwidth}
                y={y(slot.expected)}
                height={Math.max(0, y(sums[index] ?? 0) - y(slot.expected))}
                rx="3"
              />
            )}
            {index % nth === 0 ? (
              <text className={css.mark} x={left(index) + x.bandwidth / 2} y={height - 6} textAnchor="middle">
                {slot.mark}
              </text>
            ) : null}
          </g>
        ))}
        {line === null || line.value > y.top ? null : (
          <g transform={`translate(0 ${y(line.value)})`}>
            <line className={css.pace} x1={MARGIN.left} x2={width - MARGIN.right} />
            <text className={css.said} x={MARGIN.left + 4} y={-6}>
              {line.label}
            </text>
          </g>
        )}
        {from === null || active === null ? null : (
          <rect
            className={css.range}
            x={left(Math.min(from, active))}
            width={left(Math.max(from, active)) + x.bandwidth - left(Math.min(from, active))}
            y={MARGIN.top}
            height={height - MARGIN.top - MARGIN.bottom}
          />
        )}
        <rect
          className={onRange === undefined ? css.catch : css.catchRange}
          x={MARGIN.left}
          width={Math.max(0, width - MARGIN.left - MARGIN.right)}
          y={MARGIN.top}
          height={height - MARGIN.top - MARGIN.bottom}
          onPointerMove={(event) => setActive(at(event))}
          onPointerLeave={() => setActive(null)}
          onPointerDown={(event) => {
            if (onRange === undefined || event.pointerType === 'touch') return;
            event.currentTarget.setPointerCapture(event.pointerId);
            setFrom(at(event));
          }}
          onPointerUp={end}
        />
      </svg>
      {shown === undefined || active === null ? null : (
        <div className={css.card} style={{ left: Math.max(0, Math.min(width - 200, left(active) - 90)) }}>
          <strong>{shown.title}</strong>
          {series
            .filter(({ values }) => (values[active] ?? 0) > 0)
            .map(({ key, label: name, values }) => (
              <span key={key}>
                <span>{name}</span> <span>{format(values[active] ?? 0)}</span>
              </span>
            ))}
          {shown.expected === undefined || shown.expected <= (sums[active] ?? 0) ? null : (
            <span>
              <span>≈</span> <span>{format(shown.expected)}</span>
            </span>
          )}
        </div>
      )}
    </>
  );
}

interface StackProps {
  readonly series: readonly BarSeries[];
  readonly index: number;
  readonly x: number;
  readonly width: number;
  readonly y: (value: number) => number;
  readonly id: string;
}

function Stack({ series, index, x, width, y, id }: StackProps) {
  let base = 0;
  return (
    <>
      {series.map(({ key, look, values }) => {
        const value = values[index] ?? 0;
        if (value <= 0) return null;
        const bottom = y(base);
        base += value;
        const top = y(base);
        return (
          <rect
            key={key}
            x={x}
            width={width}
            y={top}
            height={Math.max(1, bottom - top - 1)}
            rx={Math.min(2, width / 4)}
            fill={fillOf(id, look)}
          />
        );
      })}
    </>
  );
}
