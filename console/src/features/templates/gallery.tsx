import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { assetsQuery, type Asset } from '../../api/assets';
import { useMay, useTeam } from '../../api/session';
import { templateUsageQuery, type TemplateRow } from '../../api/templates';
import { useFormat } from '../../lib/format';
import { useGo } from '../../lib/go';
import { thumbnailUrl } from '../../lib/media-url';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/templates.json';
import { ButtonLink, IconButton } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Icon } from '../../ui/icon';
import { Link } from '../../ui/link';
import { FadingImage } from '../../ui/media';
import { Menu, MenuItem } from '../../ui/menu';
import css from './gallery.module.css';

const MOSAIC = 3;
const MOST_INPUTS = 6;

/** Templates by what they make. */
export function Gallery({ templates }: { readonly templates: readonly TemplateRow[] }) {
  const team = useTeam();
  const { data: usage } = useQuery(templateUsageQuery(team));
  const rows = typeof usage === 'object' ? usage.data : [];
  return (
    <ul className={css.gallery}>
      {templates.map((template) => {
        const used = rows.find((row) => row.template === template.name);
        return (
          <li key={template.id}>
            <Card template={template} runs={used?.requests ?? 0} cost={used === undefined ? null : eachOf(used)} />
          </li>
        );
      })}
    </ul>
  );
}

/** What one run cost on the whole, in US dollars. */
function eachOf({ cost_usd: cost, succeeded }: { readonly cost_usd: string; readonly succeeded: number }): string | null {
  return succeeded === 0 ? null : (Number(cost) / succeeded).toFixed(4);
}

function Card({ template, runs, cost }: { readonly template: TemplateRow; readonly runs: number; readonly cost: string | null }) {
  const text = useText<typeof words>('templates');
  const shared = useText<typeof common>('common');
  const format = useFormat();
  const team = useTeam();
  const go = useGo();
  const mayRun = useMay('generation.create');
  const { name, type, state, description, published_version: published } = template;
  const inputs = Object.keys(template.inputs);
  const facts = [
    shared(`nav.${type}`),
    published === null ? text('notPublished') : text('runs', { count: runs }),
    ...(cost === null || Number(cost) === 0 ? [] : [text('each', { cost: format.money(cost) })]),
  ];
  return (
    <article className={css.card}>
      <div className={css.preview}>
        <Link to={paths.template(team, name)} label={text('open', { name })} className={css.link}>
          <Mosaic template={template} />
        </Link>
        <div className={css.verbs}>
          {mayRun && published !== null ? (
            <>
              <ButtonLink kind="primary" size="dense" to={paths.useTemplate(team, name)}>
                {text('use')}
              </ButtonLink>
              <ButtonLink size="dense" icon="campaigns" to={paths.newCampaign(team, name)}>
                {shared('nav.campaigns')}
              </ButtonLink>
            </>
          ) : null}
          <Menu button={<IconButton name={text('more', { name })} icon="more" kind="outline" size="dense" />}>
            <MenuItem icon="draft" onPick={() => go(paths.template(team, name))}>
              {text('edit')}
            </MenuItem>
            <MenuItem icon="tasks" onPick={() => go(`${paths.tasks(team)}?template=${name}`)}>
              {text('showTasks')}
            </MenuItem>
            <MenuItem icon="library" onPick={() => go(`${paths.library(team)}?template=${name}`)}>
              {text('showResults')}
            </MenuItem>
          </Menu>
        </div>
      </div>
      <h2 className={css.name}>
        <span className={css.cut}>{name}</span>
        {state === 'published' && published !== null ? (
          <Chip>{`v${published}`}</Chip>
        ) : (
          <Chip>
            <Icon name={state === 'draft' ? 'draft' : 'archive'} size={13} /> {text(`states.${state}`)}
          </Chip>
        )}
      </h2>
      {description === '' ? null : <p className={css.about}>{description}</p>}
      {inputs.length === 0 ? null : (
        <p className={css.inputs}>
          {inputs.slice(0, MOST_INPUTS).map((input) => (
            <code key={input}>{input}</code>
          ))}
        </p>
      )}
      <p className={css.facts}>{facts.join(' · ')}</p>
    </article>
  );
}

/** What was pinned, else the newest results, else the kind as a drawing. */
function Mosaic({ template }: { readonly template: TemplateRow }) {
  const team = useTeam();
  const pinned = template.preview_asset_ids;
  const { data } = useInfiniteQuery({ ...assetsQuery(team, { template: template.name }, MOSAIC), enabled: pinned.length === 0 });
  const made = (data?.pages[0]?.data ?? []).filter((asset) => hasImage(asset)).map(({ id }) => id);
  const shown = (pinned.length > 0 ? pinned : made).slice(0, MOSAIC);
  if (shown.length === 0) {
    return (
      <span className={css.none}>
        <Icon name={template.type} size={32} />
      </span>
    );
  }
  return (
    <span className={css.mosaic} data-count={shown.length}>
      {shown.map((id) => (
        <FadingImage key={id} src={`${thumbnailUrl(team, id)}&w=640`} alt="" className={css.image} />
      ))}
    </span>
  );
}

const hasImage = ({ kind, thumbnail_url: thumbnail }: Asset): boolean => kind === 'image' || thumbnail !== null;
