/** What reaches out of a page by itself: none of it is wanted, and none of it could be answered. */
const REACHING = "script, link, base, iframe, frame, object, embed, meta, img, video, audio, source, track, svg image";

/** Whether an answer of this type is a page. */
export function isMarkup(type: string): boolean {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(type);
}

/** A page without what loads or does something by itself. The frame that shows it runs no script besides. */
export function harmless(text: string): string {
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const element of page.querySelectorAll(REACHING)) {
    const alt = element.getAttribute("alt");
    if (alt) element.replaceWith(alt);
    else element.remove();
  }
  for (const element of page.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) {
      if (/^on|^(background|srcset|ping|formaction)$/i.test(name)) element.removeAttribute(name);
    }
  }
  return `<!doctype html>${page.documentElement.outerHTML}`;
}
