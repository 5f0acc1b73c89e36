import { paths } from '../../lib/paths';
import { PHONE, useMedia } from '../../lib/media-query';
import { useGo } from '../../lib/go';
import { names } from '../../lib/names';
import { useText } from '../../lib/text';
import type words from '../../text/en/connect.json';
import { Link } from '../../ui/link';
import { Select } from '../../ui/select';
import { CLIENTS, type Client } from './clients';
import css from './connect.module.css';

const GROUPS = ['apps', 'code', 'servers', 'programs'] as const;

/** What a client is called; what is none of them is called so. */
export function useClientName(): (client: Client) => string {
  const text = useText<typeof words>('connect');
  return ({ name }) => (name === '' ? text('other') : name);
}

export function ClientList({ team, chosen }: { readonly team: string; readonly chosen: Client }) {
  const text = useText<typeof words>('connect');
  const nameOf = useClientName();
  const go = useGo();
  const isPhone = useMedia(PHONE);
  if (isPhone) {
    return (
      <Select
        isBig
        label={text('clients')}
        value={chosen.id}
        onChange={(id) => go(paths.connect(team, id), 'replace')}
        choices={CLIENTS.map((client) => ({ value: client.id, label: nameOf(client), about: text(`groups.${client.group}`) }))}
      />
    );
  }
  return (
    <nav aria-label={text('clients')} className={css.clients}>
      {GROUPS.map((group) => (
        <div key={group} className={css.group}>
          <h2 className={css.groupName}>{text(`groups.${group}`)}</h2>
          <ul>
            {CLIENTS.filter((client) => client.group === group).map((client) => (
              <li key={client.id}>
                <Link to={paths.connect(team, client.id)} className={names(css.client, client === chosen && css.chosen)}>
                  <span className={css.sign} aria-hidden="true">
                    {client.sign}
                  </span>
                  {nameOf(client)}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
