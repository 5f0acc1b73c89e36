import type { Template, TemplateBody, TemplateVersion } from './template';

/** A template as lists show it: without the texts of its body. */
export function templateSummaryObject(template: Template) {
  const { newest } = template;
  return {
    id: template.id,
    object: 'template',
    name: template.name,
    type: template.type,
    state: template.state,
    version: template.versions,
    published_version: template.publishedVersion,
    versions: template.versions,
    visibility: template.visibility,
    team: template.teamName,
    created_at: template.createdAt.toISOString(),
    updated_at: template.updatedAt.toISOString(),
    created_by: template.createdBy,
    description: newest.description,
    tags: newest.tags,
    inputs: newest.inputs,
    model: newest.model,
    overridable: newest.overridable,
    preview_asset_ids: newest.preview_asset_ids,
  };
}

/** A template with one version's body, the newest unless another one is asked for. */
export function templateObject(template: Template, version: number, body: TemplateBody) {
  return { ...templateSummaryObject(template), version, ...bodyObject(body) };
}

/** A body as users write it: without what its type does not have. */
export function bodyObject(body: TemplateBody) {
  const { type, description, tags, inputs, model, prompt, negative_prompt, messages, images, video, output, params } = body;
  return {
    type,
    description,
    tags,
    inputs,
    model,
    prompt,
    negative_prompt,
    messages,
    ...(type === 'text' ? { params } : { images, ...(type === 'video' ? { video } : {}), output }),
    overridable: body.overridable,
    preview_asset_ids: body.preview_asset_ids,
  };
}

/** One version in the list of versions. */
export function versionObject(template: Template, version: TemplateVersion) {
  return {
    object: 'template.version',
    template: template.name,
    version: version.version,
    published: version.version === template.publishedVersion,
    created_at: version.createdAt.toISOString(),
    created_by: version.createdBy,
    sha256: version.sha256,
    bytes: version.bytes,
  };
}
