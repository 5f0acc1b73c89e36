import { useText } from '../../lib/text';
import type words from '../../text/en/connect.json';
import { Button, IconButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { useCopy } from '../../ui/use-copy';
import { addressOf, maskedKey, type Client, type Settings } from './clients';
import css from './connect.module.css';

const NO_KEY = 'sk-…';

/** How the client gets its settings: by a link, as a file, or typed field by field. The key is shown short, and copied whole. */
export function SettingsStep({ client, name, settings }: { readonly client: Client; readonly name: string; readonly settings: Settings }) {
  const text = useText<typeof words>('connect');
  const copy = useCopy();
  const { link, file, where } = client;
  const hasKey = settings.key !== '';
  const shownKey = hasKey ? maskedKey(settings.key) : NO_KEY;
  const rows = [
    { name: text('address'), shown: addressOf(client, settings.root), copied: addressOf(client, settings.root) },
    { name: text('key'), shown: shownKey, copied: settings.key },
    { name: text('model'), shown: settings.model, copied: settings.model },
  ];
  // The link holds the key, so it is made when it is asked for and stands nowhere in the page.
  const open = (): void => window.location.assign(link?.(settings) ?? '');
  return (
    <>
      {link === undefined ? null : (
        <li className={css.step}>
          <h2>{text('openStep', { client: name })}</h2>
          <div className={css.row}>
            <Button kind="primary" icon="elsewhere" disabled={!hasKey} onClick={open}>
              {text('open', { client: name })}
            </Button>
            <Button icon="copy" disabled={!hasKey} onClick={() => copy(link(settings))}>
              {text('copyLink')}
            </Button>
          </div>
          <p className={css.faint}>{text(hasKey ? 'openAbout' : 'keyFirst')}</p>
        </li>
      )}
      <li className={css.step}>
        <h2>{text(link === undefined ? 'settingsStep' : 'byHand')}</h2>
        {where === undefined ? null : (
          <p>
            {text('where')}{' '}
            <strong lang="en" className={css.where}>
              {where}
            </strong>
          </p>
        )}
        <dl className={css.fields}>
          {rows.map((row) => (
            <div key={row.name}>
              <dt>{row.name}</dt>
              <dd>
                <code>{row.shown}</code>
                <IconButton
                  name={text('copyOne', { name: row.name })}
                  icon="copy"
                  size="dense"
                  disabled={row.copied === ''}
                  onClick={() => copy(row.copied)}
                />
              </dd>
            </div>
          ))}
        </dl>
        <p className={css.trap}>
          <Icon name="info" size={17} />
          <span>{text(`traps.${client.trap}`, { root: settings.root })}</span>
        </p>
        {file === undefined ? null : (
          <figure className={css.file}>
            <figcaption>
              <code>{file.name}</code>
              <Button size="dense" icon="copy" onClick={() => copy(file.text({ ...settings, key: hasKey ? settings.key : NO_KEY }))}>
                {text('copyFile')}
              </Button>
            </figcaption>
            <pre tabIndex={0}>
              <code>{file.text({ ...settings, key: shownKey })}</code>
            </pre>
          </figure>
        )}
      </li>
    </>
  );
}
