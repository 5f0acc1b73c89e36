import type { ComponentProps } from 'react';
import { names } from '../lib/names';
import css from './input.module.css';

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input autoComplete="off" spellCheck={false} {...rest} className={names(css.input, className)} />;
}

export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea {...rest} className={names(css.input, css.area, className)} />;
}
