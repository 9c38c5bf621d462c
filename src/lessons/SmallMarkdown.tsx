import { useMemo } from "react";
import classes from "./Lessons.module.css";
import { readMarkdown, type Span } from "./small-markdown.ts";

export function SmallMarkdown({ text }: { text: string }) {
  const blocks = useMemo(() => readMarkdown(text), [text]);
  return (
    <div className={classes.prose}>
      {blocks.map((block, at) => {
        // biome-ignore-start lint/suspicious/noArrayIndexKey: a text's parts have no other name and never change
        if (block.kind === "paragraph") {
          return (
            <p key={at}>
              <Spans spans={block.spans} />
            </p>
          );
        }
        return (
          <ul key={at}>
            {block.items.map((item, place) => (
              <li key={place}>
                <Spans spans={item} />
              </li>
            ))}
          </ul>
        );
        // biome-ignore-end lint/suspicious/noArrayIndexKey: as above
      })}
    </div>
  );
}

function Spans({ spans }: { spans: readonly Span[] }) {
  return spans.map(({ text, look }, at) => {
    const key = at;
    if (look === "code") return <code key={key}>{text}</code>;
    if (look === "bold") return <strong key={key}>{text}</strong>;
    return <span key={key}>{text}</span>;
  });
}
