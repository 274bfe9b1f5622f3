// What each picture in the messages looks like: its colours, drawn very small.
return [...document.querySelectorAll('article [data-testid="attachment-image"]')].map((image) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 9 });
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, 16, 9);
  return context.getImageData(0, 0, 16, 9).data.join();
});
