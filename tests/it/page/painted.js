// Calls back when every picture that was loaded is decoded, and a frame with it was drawn.
const done = arguments[arguments.length - 1];
const loaded = [...document.images].filter((image) => image.complete && image.naturalWidth > 0);
Promise.allSettled(loaded.map((image) => image.decode())).then(() =>
  requestAnimationFrame(() => requestAnimationFrame(() => done(null))),
);
