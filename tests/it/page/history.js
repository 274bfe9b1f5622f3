// Scrolls from the newest message to the first, as a hand does, and calls back with what was seen:
// how many messages were in the document at most, and every row that did not go with the others.
const done = arguments[arguments.length - 1];
const STEP = 700;
const scroller = document.getElementById("scroller");
const frame = () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
const tops = () =>
  new Map([...document.querySelectorAll("article")].map((row) => [row.id, row.getBoundingClientRect().top]));
const view = scroller.getBoundingClientRect();
const seen = { steps: 0, articles: 0, pictures: 0, jumps: [], blank: 0 };

async function climb() {
  for (;;) {
    const before = tops();
    const step = Math.min(STEP, scroller.scrollTop);
    scroller.scrollTop -= STEP;
    await frame();
    const now = tops();
    seen.steps += 1;
    seen.articles = Math.max(seen.articles, now.size);
    seen.pictures = Math.max(seen.pictures, document.querySelectorAll("article img").length);
    const inView = [...now].filter(([, top]) => top > view.top && top < view.bottom);
    if (inView.length === 0) seen.blank += 1;
    for (const [id, top] of inView)
      if (before.has(id) && Math.abs(top - before.get(id) - step) > 1.5)
        seen.jumps.push(`${id} went ${top - before.get(id)} and not ${step}`);
    if (scroller.scrollTop === 0 && document.querySelector(".intro")) return;
  }
}
climb().then(() => done(seen), (error) => done({ error: String(error) }));
