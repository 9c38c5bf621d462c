import controls from "../widgets/controls.module.css";

export default function LessonsPanel() {
  return <p className={controls.empty}>The lessons are not here yet.</p>;
}
