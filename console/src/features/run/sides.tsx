import { hasEnded } from '../../api/task-facts';
import type { Task } from '../../api/tasks';
import { useTeam } from '../../api/session';
import { useFormat } from '../../lib/format';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/run.json';
import { Chip } from '../../ui/chip';
import { CopyText } from '../../ui/copy-text';
import { Facts } from '../../ui/facts';
import { Link } from '../../ui/link';
import { Panel } from '../../ui/panel';
import css from './sides.module.css';

/** What was asked for. */
export function Settings({ task }: { readonly task: Task }) {
  const text = useText<typeof words>('run');
  const shared = useText<typeof common>('common');
  const { output, template } = task;
  const shown = (name: string): string | null => {
    const value = output[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  };
  const shape = ['aspect_ratio', 'size', 'resolution', 'quality', 'format'].map(shown).filter((value) => value !== null);
  const seconds = shown('duration_s');
  return (
    <Panel title={text('settings')}>
      <Facts
        rows={[
          [text('facts.type'), `${shared(`nav.${task.type}`)} · ${task.model}`],
          [text('facts.shape'), [...shape, ...(seconds === null ? [] : [`${seconds} s`])].join(' · ')],
          [text('facts.count'), shown('n')],
          [text('facts.seed'), task.type === 'text' ? null : (shown('seed') ?? text('random'))],
          [text('facts.template'), template === null ? null : `${template.name} v${template.version}`],
        ]}
      />
    </Panel>
  );
}

/** Who asked, and every id by which the run can be found. */
export function WhoAsked({ task }: { readonly task: Task }) {
  const text = useText<typeof words>('run');
  const team = useTeam();
  return (
    <Panel title={text('who')}>
      <Facts
        rows={[
          [
            text('facts.credential'),
            <span key="credential" className={css.inline}>
              {task.credential.name} <Chip>{text(`classes.${task.credential.class}`)}</Chip>
            </span>,
          ],
          [text('facts.team'), task.team],
          [text('facts.run'), <CopyText key="run" text={task.id} />],
          [text('facts.externalId'), task.external_id === null ? null : <CopyText key="external" text={task.external_id} />],
          [text('facts.replayOf'), task.replay_of === null ? null : <RunLink key="of" team={team} id={task.replay_of} />],
          [text('facts.campaign'), task.campaign_id],
        ]}
      />
    </Panel>
  );
}

function RunLink({ team, id }: { readonly team: string; readonly id: string }) {
  return (
    <Link to={paths.task(team, id)}>
      <code>{id.slice(0, 18)}…</code>
    </Link>
  );
}

/** Expected, held, charged, given back, and the rule that applied. */
export function CostPanel({ task }: { readonly task: Task }) {
  const text = useText<typeof words>('run');
  const format = useFormat();
  const { estimated, reserved, actual, lines } = task.cost;
  const charged = actual ?? '0';
  const back = Number(reserved) - Number(charged);
  return (
    <Panel title={text('cost.title')}>
      <dl className={css.cost}>
        <CostRow name={text('cost.expected')} value={format.money(estimated)} />
        <CostRow name={text('cost.held')} value={format.money(reserved)} />
        {lines.map((line, index) => (
          <CostRow key={index} name={`${line.item} × ${format.number(line.quantity)}`} value={format.money(line.usd)} isLine />
        ))}
        {hasEnded(task) && back > 0 ? <CostRow name={text('cost.givenBack')} value={`−${format.money(back.toFixed(6))}`} /> : null}
        <div className={css.total}>
          <dt>{hasEnded(task) ? text('cost.charged') : text('cost.notYet')}</dt>
          <dd>{format.money(charged)}</dd>
        </div>
      </dl>
      {task.error !== null && Number(charged) === 0 ? <p className={css.rule}>{text('cost.ruleFailed')}</p> : null}
    </Panel>
  );
}

function CostRow({ name, value, isLine = false }: { readonly name: string; readonly value: string; readonly isLine?: boolean }) {
  return (
    <div className={isLine ? css.line : undefined}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
