import { useEffect, useState } from "react";
import type { LessonInfo } from "../session/session.ts";
import { useCluster } from "../store/cluster.ts";
import { session } from "../store/connect.ts";
import controls from "../widgets/controls.module.css";
import { LessonList } from "./LessonList.tsx";
import { LessonPlay } from "./LessonPlay.tsx";

/** The lessons: which there are, or the one being played. */
export default function LessonsPanel() {
  const [lessons, setLessons] = useState<readonly LessonInfo[] | undefined>(undefined);
  const playing = useCluster((state) => state.lesson?.name);
  useEffect(() => {
    let here = true;
    void session()
      .lessons.list()
      .then((list) => here && setLessons(list));
    return () => {
      here = false;
    };
  }, []);
  if (!lessons) return <p className={controls.empty}>Loading…</p>;
  const lesson = lessons.find(({ name }) => name === playing);
  return lesson ? <LessonPlay key={lesson.name} lesson={lesson} /> : <LessonList lessons={lessons} />;
}
