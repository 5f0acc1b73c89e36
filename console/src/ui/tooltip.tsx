import { Tooltip as Bubble, TooltipAnchor, TooltipProvider } from '@ariakit/react/tooltip';
import type { ReactElement } from 'react';
import css from './tooltip.module.css';

/** Words that show on hover and focus. They repeat the control's name; nothing stands only here. */
export function Tooltip({
  name,
  children,
  side = 'bottom',
}: {
  readonly name: string;
  readonly children: ReactElement;
  readonly side?: 'bottom' | 'right';
}) {
  return (
    <TooltipProvider placement={side} timeout={400}>
      <TooltipAnchor render={children} />
      <Bubble className={css.bubble} gutter={6}>
        {name}
      </Bubble>
    </TooltipProvider>
  );
}
