import { useState } from 'react';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/usage.json';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { FieldRow, Form } from '../../ui/form';
import { Input } from '../../ui/input';
import { Menu, MenuItem, MenuLine } from '../../ui/menu';
import { RANGES, type Range } from './range';

interface RangeMenuProps {
  readonly range: Range;
  readonly onName: (name: string) => void;
  readonly onRange: (from: string, to: string) => void;
}

/** The time that is looked at: the usual ones, and any other. */
export function RangeMenu({ range, onName, onRange }: RangeMenuProps) {
  const text = useText<typeof words>('usage');
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const dayOf = (time: string): string => format.time(time.length === 10 ? `${time}T12:00:00Z` : time);
  const shown =
    range.name === 'custom' ? `${dayOf(range.from)} – ${range.to === null ? text('now') : dayOf(range.to)}` : text(`ranges.${range.name}`);
  return (
    <>
      <Menu button={<Button icon="scheduled">{shown}</Button>}>
        {RANGES.map((name) => (
          <MenuItem key={name} isChosen={name === range.name} onPick={() => onName(name)}>
            {text(`ranges.${name}`)}
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem onPick={() => setOpen(true)}>{text('ranges.custom')}</MenuItem>
      </Menu>
      {isOpen ? <RangeDialog onRange={onRange} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function RangeDialog({ onRange, onClose }: { readonly onRange: RangeMenuProps['onRange']; readonly onClose: () => void }) {
  const text = useText<typeof words>('usage');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const isWrong = from !== '' && to !== '' && to <= from;
  return (
    <Dialog title={text('ranges.custom')} isOpen onClose={onClose}>
      <Form
        verb={text('show')}
        isHeld={from === '' || isWrong}
        onSubmit={() => {
          onRange(new Date(from).toISOString(), to === '' ? '' : new Date(to).toISOString());
          onClose();
        }}
        onCancel={onClose}
      >
        <FieldRow>
          <Field label={text('from')}>
            {(ids) => <Input {...ids} type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} />}
          </Field>
          <Field label={text('to')} fault={isWrong ? text('toFault') : null} hint={text('toHint')}>
            {(ids) => <Input {...ids} type="datetime-local" value={to} onChange={(event) => setTo(event.target.value)} />}
          </Field>
        </FieldRow>
      </Form>
    </Dialog>
  );
}
