import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useChangeModel, useCreateModel, type DefinedModel, type Provider, type Route } from '../../api/routing';
import { useText } from '../../lib/text';
import type words from '../../text/en/model-form.json';
import { Dialog } from '../../ui/dialog';
import { Field, FieldGroup } from '../../ui/field';
import { FieldRow, Form } from '../../ui/form';
import { Input, TextArea } from '../../ui/input';
import { Segmented } from '../../ui/segmented';
import { draftPrice, faultyAmounts, KINDS, priceToSend, type Modality, type PriceDraft } from './model-price';
import { PriceFields } from './price-fields';
import { RouteRows } from './route-rows';

interface ModelDialogProps {
  /** Absent: a new one. */
  readonly model?: DefinedModel;
  readonly providers: readonly Provider[];
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}

const MODALITIES = ['text', 'image', 'video'] as const;

/** A model: its name, what it makes, what it costs and where it leads. */
export function ModelDialog({ model, providers, onDone, onClose }: ModelDialogProps) {
  const text = useText<typeof words>('model-form');
  const errorText = useErrorText();
  const create = useCreateModel();
  const change = useChangeModel();
  const [name, setName] = useState(model?.name ?? '');
  const [modality, setModality] = useState<Modality>(model?.modality ?? 'text');
  const [label, setLabel] = useState(model?.label ?? '');
  const [about, setAbout] = useState(model?.description ?? '');
  const [tier, setTier] = useState(model?.tier ?? '');
  const [price, setPrice] = useState<PriceDraft>(model === undefined ? { kind: 'catalogue', amounts: {} } : draftPrice(model.price));
  const [routes, setRoutes] = useState<readonly Route[]>(model?.routes ?? [{ provider: providers[0]?.name ?? '', model: '', priority: 0 }]);
  const [isTold, setTold] = useState(false);
  const isHeld = name.trim() === '' || routes.some((route) => route.provider === '' || route.model.trim() === '');
  const saved = model === undefined ? create : change;

  const choose = (next: Modality): void => {
    setModality(next);
    if (!KINDS[next].includes(price.kind)) setPrice({ kind: 'catalogue', amounts: {} });
  };
  const send = (): void => {
    setTold(true);
    if (faultyAmounts(price).length > 0) return;
    const asked = priceToSend(price);
    const trimmed = routes.map((route) => ({ ...route, model: route.model.trim() }));
    const onSuccess = ({ name: made }: DefinedModel): void => onDone(made);
    if (model === undefined) {
      const told = { label: label.trim(), description: about.trim(), tier: tier.trim() };
      const given = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== ''));
      create.mutate(
        { name: name.trim(), modality, routes: trimmed, ...given, ...(asked === null || asked === undefined ? {} : { price: asked }) },
        { onSuccess },
      );
    } else {
      const told = { label: orNull(label), description: orNull(about), tier: orNull(tier) };
      change.mutate(
        { name: model.name, change: { ...told, routes: trimmed, ...(asked === undefined ? {} : { price: asked }) } },
        { onSuccess },
      );
    }
  };
  return (
    <Dialog title={model === undefined ? text('add') : text('editOne', { name: model.name })} isOpen isWide onClose={onClose}>
      <Form
        verb={text(model === undefined ? 'create' : 'save')}
        isBusy={saved.isPending}
        isHeld={isHeld}
        fault={saved.error === null ? null : errorText(saved.error)}
        onSubmit={send}
        onCancel={onClose}
      >
        {model === undefined ? (
          <>
            <Field label={text('name')} hint={text('nameHint')}>
              {(ids) => <Input {...ids} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
            </Field>
            <FieldGroup label={text('makes')}>
              {(labelId) => (
                <Segmented
                  labelId={labelId}
                  value={modality}
                  onChange={(value) => choose(MODALITIES.find((one) => one === value) ?? 'text')}
                  segments={MODALITIES.map((value) => ({ value, label: text(`modalities.${value}`) }))}
                />
              )}
            </FieldGroup>
          </>
        ) : null}
        <RouteRows routes={routes} providers={providers} onChange={setRoutes} />
        <PriceFields
          modality={modality}
          draft={price}
          hasTable={model !== undefined && draftPrice(model.price).kind === 'kept'}
          isTold={isTold}
          onChange={setPrice}
        />
        <FieldRow>
          <Field label={text('label')} hint={text('labelHint')}>
            {(ids) => <Input {...ids} value={label} onChange={(event) => setLabel(event.target.value)} />}
          </Field>
          <Field label={text('tier')} hint={text('tierHint')}>
            {(ids) => <Input {...ids} value={tier} onChange={(event) => setTier(event.target.value)} />}
          </Field>
        </FieldRow>
        <Field label={text('about')}>
          {(ids) => <TextArea {...ids} rows={2} value={about} onChange={(event) => setAbout(event.target.value)} />}
        </Field>
      </Form>
    </Dialog>
  );
}

const orNull = (value: string): string | null => (value.trim() === '' ? null : value.trim());
