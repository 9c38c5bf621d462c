import { X } from "lucide-react";
import { useEffect } from "react";
import { setUi, useUi } from "../store/ui.ts";
import { IconButton } from "./IconButton.tsx";
import classes from "./Toast.module.css";

const INFO_MS = 5000;

/** A short message: news go by themselves, the server's refusals stay until closed. */
export function ToastArea() {
  const toast = useUi((state) => state.toast);
  useEffect(() => {
    if (toast?.tone !== "info") return;
    const timer = setTimeout(() => setUi({ toast: undefined }), INFO_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div className={classes.area} role={toast?.tone === "error" ? "alert" : "status"}>
      {toast && (
        <div className={classes.toast} data-tone={toast.tone}>
          <p>{toast.text}</p>
          <IconButton label="Close the message" onClick={() => setUi({ toast: undefined })}>
            <X size={14} />
          </IconButton>
        </div>
      )}
    </div>
  );
}
