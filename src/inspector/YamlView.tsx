import { Copy, FilePen, Pencil } from "lucide-react";
import { lazy, useMemo, useState } from "react";
import { stringify } from "yaml";
import { setText } from "../deeds/manifest.ts";
import type { KubeObject, Ref } from "../store/objects.ts";
import { toast } from "../store/ui.ts";
import { IconButton } from "../widgets/IconButton.tsx";
import classes from "./Inspector.module.css";
import { yamlParts } from "./yaml-parts.ts";

const YamlEdit = lazy(() => import("./YamlEdit.tsx"));

/** The object as the API server has it, without `managedFields`, which nobody reads. */
export default function YamlView({ selected, object }: { selected: Ref; object: KubeObject }) {
  const [editing, setEditing] = useState(false);
  const text = useMemo(() => toYaml(object), [object]);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => toast("info", "Copied."),
      () => toast("error", "The browser did not allow copying. Select the text instead."),
    );
  };
  if (editing) return <YamlEdit selected={selected} onDone={() => setEditing(false)} />;
  return (
    <>
      <div className={classes.yamlBar}>
        <IconButton label="Edit in place" onClick={() => setEditing(true)}>
          <Pencil size={14} />
        </IconButton>
        <IconButton label="Copy" onClick={copy}>
          <Copy size={14} />
        </IconButton>
        <IconButton label="Open in the editor" shortcut="e" onClick={() => setText(text)}>
          <FilePen size={14} />
        </IconButton>
      </div>
      <pre className={classes.yaml}>
        {yamlParts(text).map((part, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other name
          <span key={at} style={part.color ? { color: `var(--yaml-${part.color})` } : undefined}>
            {part.text}
          </span>
        ))}
      </pre>
    </>
  );
}

export function toYaml(object: KubeObject): string {
  const { managedFields: _, ...metadata } = object.metadata ?? {};
  const { apiVersion, kind, metadata: __, ...rest } = object;
  return stringify({ apiVersion, kind, metadata, ...rest }, { lineWidth: 0, aliasDuplicateObjects: false });
}
