import type { LessonInfo } from "../session/session.ts";
import { session } from "../store/connect.ts";
import { useUi } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import { StatusGlyph } from "../widgets/StatusGlyph.tsx";
import classes from "./Lessons.module.css";

export function LessonList({ lessons }: { lessons: readonly LessonInfo[] }) {
  const done = useUi((state) => state.done);
  return (
    <div className={classes.scroll}>
      <p className={classes.intro}>
        Each lesson plays in this cluster and checks itself: do what a step asks, in any way you like, and it ticks.
      </p>
      <ul className={classes.cards}>
        {lessons.map((lesson) => (
          <li key={lesson.name} className={classes.card}>
            <h2>{lesson.title}</h2>
            <p>{lesson.summary}</p>
            <div className={classes.cardFoot}>
              <span>
                {lesson.steps.length} steps, about {lesson.minutes} minutes
              </span>
              {done.includes(`lesson-${lesson.name}`) && (
                <span className={classes.finished}>
                  <StatusGlyph tone="running" size={10} /> done before
                </span>
              )}
              <button
                type="button"
                className={`${controls.button} ${controls.primary}`}
                aria-label={`Begin the lesson ${lesson.title}`}
                onClick={() => void session().lessons.begin(lesson.name)}
              >
                Begin
              </button>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
