import type { ReactNode } from 'react';
import css from './prose.module.css';

/** A small subset of Markdown as elements: paragraphs, lists, headings, code. Everything a model writes is text, never markup. */
export function Prose({ text }: { readonly text: string }) {
  return <div className={css.prose}>{blocksOf(text).map((block, index) => drawBlock(block, index))}</div>;
}

type Block =
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[]; readonly isOrdered: boolean }
  | { readonly kind: 'heading' | 'text'; readonly text: string };

const ITEM = /^\s*(?:[-*•]|(\d+)[.)])\s+(.*)$/;

/** A fence that is still open while the answer is being written runs to its end. */
function blocksOf(text: string): readonly Block[] {
  return text.split(/^```[^\n]*$/m).flatMap((part, index): readonly Block[] => {
    if (index % 2 === 1) return [{ kind: 'code', text: part.replace(/^\n|\n$/g, '') }];
    return part.split(/\n{2,}/).flatMap(paragraphOf);
  });
}

function paragraphOf(part: string): readonly Block[] {
  const lines = part.split('\n').filter((line) => line.trim() !== '');
  const [first] = lines;
  if (first === undefined) return [];
  const items = lines.map((line) => ITEM.exec(line));
  if (items.every((item) => item !== null)) {
    return [{ kind: 'list', items: items.map((item) => item[2] ?? ''), isOrdered: items[0]?.[1] !== undefined }];
  }
  const heading = /^#{1,6}\s+(.*)$/.exec(first);
  if (heading === null) return [{ kind: 'text', text: lines.join('\n') }];
  return [{ kind: 'heading', text: heading[1] ?? '' }, ...paragraphOf(lines.slice(1).join('\n'))];
}

function drawBlock(block: Block, key: number): ReactNode {
  switch (block.kind) {
    case 'code':
      return (
        <pre key={key} tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case 'list': {
      const items = block.items.map((item, index) => <li key={index}>{inline(item)}</li>);
      return block.isOrdered ? <ol key={key}>{items}</ol> : <ul key={key}>{items}</ul>;
    }
    case 'heading':
      return (
        <p key={key} className={css.heading}>
          {inline(block.text)}
        </p>
      );
    case 'text':
      return <p key={key}>{inline(block.text)}</p>;
  }
}

/** `code` and **bold** inside a line. */
function inline(text: string): ReactNode {
  return text.split(/(`[^`\n]+`|\*\*[^*\n]+\*\*)/).map((part, index) => {
    if (part.length > 2 && part.startsWith('`') && part.endsWith('`')) return <code key={index}>{part.slice(1, -1)}</code>;
    if (part.length > 4 && part.startsWith('**') && part.endsWith('**')) return <strong key={index}>{part.slice(2, -2)}</strong>;
    return part;
  });
}
