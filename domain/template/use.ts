/** Which template and version a generation was rendered from. */
export interface TemplateUse {
  readonly name: string;
  readonly version: number;
}
