/** A webhook of a provider, as it came. */
export interface ProviderCallback {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly receivedAt: Date;
}

/** `hint`: look at the job now. `answer`: the provider checks the address, and wants this back. `refused`: its signature is wrong. */
export type CallbackReading =
  | { readonly kind: 'hint' }
  | { readonly kind: 'answer'; readonly json: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly reason: string };
