import { RotateCw, X } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import controls from "../widgets/controls.module.css";
import { IconButton } from "../widgets/IconButton.tsx";
import { shells } from "./client.ts";
import classes from "./Preview.module.css";
import { harmless, isMarkup } from "./page-text.ts";
import { showPort } from "./ports.ts";
import type { Page } from "./protocol.ts";

/** What answers on a forwarded port, as a browser would show it: without its scripts, and never leading out of the cluster. */
export default function Preview({ port }: { port: number }) {
  const [path, setPath] = useState("/");
  const [typed, setTyped] = useState("/");
  const [page, setPage] = useState<Page | undefined>(undefined);
  const load = useCallback(
    (to: string) => {
      setPath(to);
      setTyped(to);
      setPage(undefined);
      void shells.remote.visit(port, to).then(setPage);
    },
    [port],
  );
  useEffect(() => load("/"), [load]);
  return (
    <section className={classes.preview} aria-label={`Preview of localhost:${port}`}>
      <form
        className={classes.bar}
        onSubmit={(event) => {
          event.preventDefault();
          load(typed.startsWith("/") ? typed : `/${typed}`);
        }}
      >
        <span className={classes.host}>localhost:{port}</span>
        <input
          className={`${controls.field} ${classes.path}`}
          aria-label="Path"
          value={typed}
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
        <IconButton label="Load again" onClick={() => load(path)}>
          <RotateCw size={14} />
        </IconButton>
        <IconButton label="Close the preview" onClick={() => showPort(undefined)}>
          <X size={15} />
        </IconButton>
      </form>
      <Content page={page} path={path} port={port} onGo={load} />
    </section>
  );
}

interface ContentProps {
  readonly page: Page | undefined;
  readonly path: string;
  readonly port: number;
  readonly onGo: (path: string) => void;
}

function Content({ page, path, port, onGo }: ContentProps) {
  if (page === undefined) return <p className={controls.empty}>Waiting for an answer…</p>;
  if (page.problem !== undefined) return <p className={controls.empty}>curl: {page.problem}</p>;
  return (
    <>
      {page.status !== 200 && <p className={classes.status}>{`${page.status} ${page.statusText}`}</p>}
      {isMarkup(page.type) ? (
        <Markup text={page.text} path={path} port={port} onGo={onGo} />
      ) : (
        <pre className={classes.text}>{page.text === "" ? "(nothing)" : page.text}</pre>
      )}
    </>
  );
}

/** The page in a frame of its own, in which no script runs; its links are followed here, as far as they stay on this port. */
function Markup({ text, path, port, onGo }: { text: string } & Omit<ContentProps, "page">) {
  const frame = useRef<HTMLIFrameElement>(null);
  const follow = (event: MouseEvent) => {
    const link = (event.target as Element | null)?.closest?.("a[href]");
    if (!link) return;
    event.preventDefault();
    const base = `http://localhost:${port}`;
    const to = URL.canParse(link.getAttribute("href") ?? "", base + path)
      ? new URL(link.getAttribute("href") ?? "", base + path)
      : undefined;
    if (to?.origin === base) onGo(to.pathname + to.search);
  };
  return (
    <iframe
      ref={frame}
      className={classes.frame}
      title={`Page at localhost:${port}${path}`}
      // Without scripts its document may be of our own origin: so that its links can be heard.
      sandbox="allow-same-origin"
      srcDoc={harmless(text)}
      onLoad={() => frame.current?.contentDocument?.addEventListener("click", follow)}
    />
  );
}
