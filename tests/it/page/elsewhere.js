// What a page from elsewhere gets of the local Discord at `home`, by what it tries.
const [home, done] = arguments;
const line = home.replace("http", "ws");
const asked = async (path, options) => {
  try {
    const answer = await fetch(home + path, options);
    return answer.type === "opaque" ? "opaque" : `${answer.status}: ${await answer.text()}`;
  } catch {
    return "refused";
  }
};
const opened = (path) =>
  new Promise((tell) => {
    const socket = new WebSocket(line + path);
    socket.onopen = () => tell("open");
    socket.onerror = () => tell("refused");
  });
const post = (body) => ({ method: "POST", mode: "no-cors", body: JSON.stringify(body) });
const people = "as=1100000000000000011";
const general = "1100000000000000031";
(async () => {
  done({
    "who is there": await asked(`/sandbox/state?${people}`),
    "the page": await asked("/"),
    "a script of the page": await asked("/page/app.js"),
    "the bot's name": await asked("/api/v10/users/@me", { headers: { authorization: "Bot test" } }),
    "a day passes": await asked("/sandbox/control/advance", post({ ms: 86_400_000 })),
    "somebody speaks": await asked(`/sandbox/channels/${general}/messages?${people}`, post({ content: "hello" })),
    "somebody is made to act": await asked(
      "/sandbox/control/act",
      post({ as: "1100000000000000011", what: "say", channel_id: general, content: "hello" }),
    ),
    "the page's news": await opened(`/sandbox/events?${people}`),
    "the gateway": await opened("/gateway"),
  });
})();
