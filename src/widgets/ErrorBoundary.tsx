import { Component, type ErrorInfo, type ReactNode } from "react";
import classes from "./ErrorBoundary.module.css";

interface Props {
  /** Which part of the page this is, for the message. */
  readonly what: string;
  readonly children: ReactNode;
}

/** Keeps a broken part from taking the rest of the page with it. */
export class ErrorBoundary extends Component<Props, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(this.props.what, error, info.componentStack);
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className={classes.broken} role="alert">
        <p>
          <strong>{this.props.what} stopped working.</strong> The cluster itself runs on.
        </p>
        <pre>{error.message}</pre>
        <button type="button" onClick={() => this.setState({ error: undefined })}>
          Show it again
        </button>
      </div>
    );
  }
}
