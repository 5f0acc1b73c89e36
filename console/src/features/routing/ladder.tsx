import type { DefinedModel, Provider } from '../../api/routing';
import { useDragOrder } from '../../lib/drag-order';
import { useText } from '../../lib/text';
import type words from '../../text/en/routing.json';
import { IconButton } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Segmented } from '../../ui/segmented';
import { Breaker, conditionOf } from './breaker';
import { keyOf, moved, movedFar, tiersOf, type RouteDraft } from './order';
import { priceOf } from './price';
import css from './routing.module.css';

export const STRATEGIES = ['priority', 'weighted', 'cheapest', 'fastest'] as const;

interface LadderProps {
  readonly model: DefinedModel;
  readonly providers: readonly Provider[];
  readonly draft: RouteDraft;
  readonly mayChange: boolean;
  readonly onChange: (draft: RouteDraft) => void;
}

/** The routes of a model in the order in which they are tried, moved by dragging or by buttons. */
export function Ladder({ model, providers, draft, mayChange, onChange }: LadderProps) {
  const text = useText<typeof words>('routing');
  const tiers = tiersOf(draft.routes);
  const dragOf = useDragOrder((from, to) => onChange({ ...draft, routes: movedFar(draft.routes, from, to) }));
  const fallbacks = Object.entries(model.fallbacks ?? {});
  return (
    <div className={css.ladder}>
      <Segmented
        label={text('strategy')}
        value={draft.strategy}
        onChange={(value) => onChange({ ...draft, strategy: STRATEGIES.find((one) => one === value) ?? 'priority' })}
        segments={STRATEGIES.map((value) => ({
          value,
          label: text(`strategies.${value}`),
          ...(mayChange || value === draft.strategy ? {} : { refused: text('ofFile') }),
        }))}
      />
      <p className={css.faint}>{text(`strategyAbout.${draft.strategy}`)}</p>
      {tiers.map((tier, place) => (
        <section key={tier.map(keyOf).join()} className={css.tier} aria-label={text(place === 0 ? 'first' : 'then')}>
          <h2>{text(place === 0 ? 'first' : 'then')}</h2>
          <ol>
            {tier.map((route) => {
              const index = draft.routes.indexOf(route);
              const provider = providers.find(({ name }) => name === route.provider);
              return (
                <li key={keyOf(route)} className={css.route} {...(mayChange ? dragOf(index) : {})}>
                  <span className={css.what}>
                    <strong>{route.provider}</strong>
                    <span className={css.faint}>{route.model}</span>
                  </span>
                  <span className={css.chips}>
                    {route.weight === undefined || route.weight === 1 ? null : <Chip>{text('weight', { weight: route.weight })}</Chip>}
                    {route.when?.classes.map((one) => (
                      <Chip key={one}>{text(`classes.${one}`)}</Chip>
                    ))}
                    <span className={css.faint}>{priceOf(route.cost ?? model.price, text)}</span>
                  </span>
                  <Breaker condition={conditionOf(provider, route.model)} />
                  {mayChange ? (
                    <span className={css.arrows}>
                      <IconButton
                        name={text('up', { provider: route.provider, model: route.model })}
                        icon="previous"
                        size="dense"
                        disabled={index === 0}
                        onClick={() => onChange({ ...draft, routes: moved(draft.routes, index, -1) })}
                      />
                      <IconButton
                        name={text('down', { provider: route.provider, model: route.model })}
                        icon="next"
                        size="dense"
                        disabled={index === draft.routes.length - 1}
                        onClick={() => onChange({ ...draft, routes: moved(draft.routes, index, 1) })}
                      />
                    </span>
                  ) : null}
                </li>
              );
            })}
          </ol>
        </section>
      ))}
      {fallbacks.map(([cause, models]) => (
        <section key={cause} className={css.tier}>
          <h2>{text('orElse')}</h2>
          <p className={css.route}>{text('fallback', { cause: text(`causes.${cause as 'content_policy'}`), models: models.join(', ') })}</p>
        </section>
      ))}
    </div>
  );
}
