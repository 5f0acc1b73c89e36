import type { Modality } from '../provider/catalogue';
import type { ChatMessage, ImageRole } from '../task/generation';
import type { Page } from '../task/store';

/** What an input of a template may be. */
export const INPUT_TYPES = ['string', 'text', 'integer', 'number', 'boolean', 'enum', 'colour', 'image', 'video'] as const;
export type InputType = (typeof INPUT_TYPES)[number];

/** Words for people, in one language for all or by language. */
export type Words = string | { readonly en?: string | undefined; readonly zh?: string | undefined };

/** An image or video as the value of an input: exactly one of the three. */
export interface MediaValue {
  readonly asset_id?: string | undefined;
  readonly url?: string | undefined;
  /** Base64, or a data: URL. */
  readonly data?: string | undefined;
}
export type InputValue = string | number | boolean | MediaValue;

/** One typed input. Which bounds it may have depends on its type. */
export interface TemplateInput {
  readonly type: InputType;
  readonly required?: boolean | undefined;
  readonly default?: InputValue | undefined;
  readonly label?: Words | undefined;
  readonly description?: Words | undefined;
  /** Of string and text, in characters. */
  readonly max_length?: number | undefined;
  /** Of string and text (UTF-8), image and video. */
  readonly max_bytes?: number | undefined;
  /** Of integer and number. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** Of enum. */
  readonly values?: readonly (string | number)[] | undefined;
  /** Of image: what it is for. */
  readonly role?: ImageRole | undefined;
}
export type TemplateInputs = Readonly<Record<string, TemplateInput>>;

/** A reference image that every generation of the template is given. */
export interface TemplateImage {
  readonly asset_id: string;
  readonly role?: ImageRole | undefined;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** What one version says, as it is stored: the names are those of the API. `{{name}}` in its texts stands for an input. */
export interface TemplateBody {
  readonly type: Modality;
  readonly description: string;
  readonly tags: readonly string[];
  readonly inputs: TemplateInputs;
  /** null: whoever uses the template names one. */
  readonly model: string | null;
  /** Of image and video; of text it is one message of the user, where there are no `messages`. */
  readonly prompt: string | null;
  readonly negative_prompt: string | null;
  /** Of text. */
  readonly messages: readonly ChatMessage[] | null;
  readonly images: readonly TemplateImage[];
  readonly video: { readonly asset_id: string } | null;
  /** Creative parameters of image and video. */
  readonly output: JsonObject;
  /** Chat parameters of text. */
  readonly params: JsonObject;
  /** Paths that a request may set itself: "output.seed", "model"; "output" stands for all below it. */
  readonly overridable: readonly string[];
  readonly preview_asset_ids: readonly string[];
}

/** `draft`: no version is published yet. `archived`: it may not be used until it is restored. */
export type TemplateState = (typeof TEMPLATE_STATES)[number];
export const TEMPLATE_STATES = ['draft', 'published', 'archived'] as const;

/** `organisation`: all teams read and use it once it is published; its own team alone changes it. */
export type TemplateVisibility = (typeof TEMPLATE_VISIBILITIES)[number];
export const TEMPLATE_VISIBILITIES = ['team', 'organisation'] as const;

/** A template without its versions' bodies. Ids: `tmpl_` + 32 hex digits of a UUIDv7. */
export interface Template {
  readonly id: string;
  readonly teamId: number;
  readonly teamName: string;
  /** Unique in its team. */
  readonly name: string;
  readonly type: Modality;
  readonly state: TemplateState;
  readonly visibility: TemplateVisibility;
  readonly publishedVersion: number | null;
  /** How many there are; they count from 1. */
  readonly versions: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Who made it: a person's name or a key's. */
  readonly createdBy: string;
  /** Of the newest version, for lists. */
  readonly newest: TemplateDigest;
}

/** What lists show of a body. */
export type TemplateDigest = Pick<TemplateBody, 'description' | 'tags' | 'model' | 'inputs' | 'overridable' | 'preview_asset_ids'>;

/** One version. It never changes. */
export interface TemplateVersion {
  readonly version: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** Of the stored body, hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** A version about to be stored; its body is in the object store already. */
export interface NewVersion extends Pick<TemplateVersion, 'createdBy' | 'sha256' | 'bytes'> {
  readonly key: string;
  readonly digest: TemplateDigest;
  /** Assets that the body names: kept as long as the version. */
  readonly assetIds: readonly string[];
}

/** Whose templates a request reaches: those of a team and, to read and use, those that the organisation shares; null: all. */
export interface TemplateScope {
  readonly teamId: number | null;
  /** True: only what the team may change. */
  readonly own?: boolean;
}

export interface TemplateFilter {
  readonly teamId: number | null;
  readonly type?: Modality;
  readonly tag?: string;
  readonly state?: TemplateState;
  /** Part of the name, the description or a tag. */
  readonly text?: string;
  readonly after?: string;
  /** 1..100 */
  readonly limit: number;
}

/** Templates and the index of their versions in Postgres. */
export interface TemplateStore {
  /** @throws AppError `conflict` when the team has one of that name */
  create(template: Pick<Template, 'id' | 'teamId' | 'name' | 'type' | 'visibility' | 'createdBy'>, first: NewVersion): Promise<void>;
  /**
   * The next version, if `expected` is its number still.
   * @returns false when another one took the number meanwhile
   */
  addVersion(id: string, expected: number, version: NewVersion, visibility: TemplateVisibility | null): Promise<boolean>;
  /**
   * By id, or by name: the team's own first, then those that are shared.
   * @returns several when teams share templates of one name; none when there is no such template in the scope
   */
  find(idOrName: string, scope: TemplateScope): Promise<readonly Template[]>;
  list(filter: TemplateFilter): Promise<Page<Template>>;
  /** The newest first. */
  versions(id: string): Promise<readonly TemplateVersion[]>;
  /** Where a version's body is; null: there is no such version. */
  version(id: string, version: number): Promise<(TemplateVersion & { readonly key: string }) | null>;
  /** `published` with this version, `archived`, or what it was before it was archived; false: it is not in a state for that. */
  publish(id: string, version: number): Promise<boolean>;
  archive(id: string): Promise<void>;
  restore(id: string): Promise<void>;
}

/** Bodies of versions in the object store. */
export interface TemplateBodies {
  /** Writes a body as an object of its own. @throws AppError `service_unavailable` */
  put(templateId: string, version: number, body: TemplateBody): Promise<Pick<NewVersion, 'key' | 'sha256' | 'bytes'>>;
  /** The body of a version, which is what its hash says. @throws AppError `service_unavailable`, `internal` when it is gone or changed */
  read(version: { readonly key: string; readonly sha256: string }): Promise<TemplateBody>;
  /** Removes the body of a version that was not stored. */
  discard(key: string): Promise<void>;
}

/** A template's text for people: YAML. */
export interface TemplateText {
  write(document: object): string;
  /** @throws AppError `invalid_value` that names the line */
  read(text: string): unknown;
}
