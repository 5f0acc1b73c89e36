import { useText } from '../lib/text';
import { hotkeysNow, SINGLE_KEYS, type Hotkey } from '../lib/hotkeys';
import { useStored } from '../lib/preferences';
import type words from '../text/en/common.json';
import { Dialog } from '../ui/dialog';
import { Switch } from '../ui/switch';
import css from './keys-help.module.css';

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
const SIGNS: Readonly<Record<string, string>> = {
  Mod: isApple ? '⌘' : 'Ctrl',
  Enter: '↵',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Alt: isApple ? '⌥' : 'Alt',
  Shift: '⇧',
  ' ': '␣',
};

/** All keys that work now, from the registry that makes them work. */
export function KeysHelp({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const text = useText<typeof words>('common');
  const [single, setSingle] = useStored(SINGLE_KEYS);
  const nameOf = ({ label }: Hotkey): string =>
    label.startsWith('go:')
      ? text('keys.go', { page: text(`nav.${label.slice(3)}` as 'nav.image') })
      : text(`keys.${label}` as 'keys.help');
  return (
    <Dialog title={text('shell.keys')} isOpen={isOpen} onClose={onClose}>
      <ul className={css.list}>
        {hotkeysNow().map((hotkey) => (
          <li key={hotkey.keys}>
            <span>{nameOf(hotkey)}</span>
            <span className={css.keys}>
              {hotkey.keys.split(/[+ ](?=.)/).map((key, index) => (
                <kbd key={index}>{SIGNS[key] ?? key}</kbd>
              ))}
            </span>
          </li>
        ))}
      </ul>
      <Switch label={text('keys.single')} isOn={single !== 'off'} onChange={(isOn) => setSingle(isOn ? null : 'off')} />
    </Dialog>
  );
}
