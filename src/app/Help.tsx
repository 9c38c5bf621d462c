import { Modal } from "@mantine/core";
import { setUi } from "../store/ui.ts";
import { keys, terms } from "../widgets/terms.ts";
import classes from "./Help.module.css";

/** Keys and words. */
export default function Help() {
  return (
    <Modal
      opened
      onClose={() => setUi({ helpOpen: false })}
      title="Keys and words"
      size={760}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <div className={classes.columns}>
        <section>
          <h3>Keys</h3>
          <dl className={classes.keys}>
            {keys.map(([key, meaning]) => (
              <div key={key}>
                <dt>
                  {key.split(" ").map((one) => (
                    <kbd key={one}>{one}</kbd>
                  ))}
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section>
          <h3>Words</h3>
          <dl className={classes.terms}>
            {terms.map(([term, meaning]) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Modal>
  );
}
