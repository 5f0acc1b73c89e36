import type { Request, Response } from 'express';
import type { LanguageName } from '../../domain/explanation/language';

/** The language of ours that the client's Accept-Language prefers, else English; the answer says that it depends on it. */
export function preferredLanguage(request: Request, response: Response): LanguageName {
  response.vary('accept-language');
  return request.acceptsLanguages('en', 'zh', 'zh-CN', 'zh-TW', 'zh-HK').toString().startsWith('zh') ? 'zh' : 'en';
}
