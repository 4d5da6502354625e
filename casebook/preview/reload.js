(() => {
  "use strict";
  const own = document.currentScript;
  const page = Number(own.dataset.generation);
  // Messages of the catalogue, in the language of the page.
  const words = JSON.parse(own.dataset.words);
  let events = null;

  function add(parent, name, text) {
    const node = document.createElement(name);
    node.textContent = text;
    parent.append(node);
    return node;
  }

  function showErrors(problems, number) {
    let box = document.querySelector(".casebook-errors");
    if (!problems.length) {
      if (box) box.remove();
      return;
    }
    if (!box) {
      box = document.createElement("aside");
      box.className = "casebook-errors";
      box.setAttribute("role", "alert");
      document.documentElement.append(box);
    }
    box.replaceChildren();
    add(box, "strong", words.problems.replace("{count}", number));
    const list = add(box, "ol", "");
    for (const problem of problems) {
      const item = add(list, "li", "");
      if (problem.path) add(item, "code", `${problem.path}:${problem.line}:${problem.column} `);
      add(item, "span", `${problem.message} ${problem.code}`);
      if (problem.hint) add(item, "em", problem.hint);
      if (problem.source) add(item, "pre", problem.source);
    }
    const left = number - problems.length;
    if (left) add(list, "li", words.more.replace("{count}", left));
  }

  function markCases(drafts, faults) {
    for (const link of document.querySelectorAll("a[href]")) {
      // A link to a place on the page itself, which bears the mark already, needs none.
      if (link.pathname === location.pathname) continue;
      const found = /^\/(?:en\/)?cases\/([a-z0-9-]+)\/$/.exec(link.pathname);
      const mark = !found ? "" : faults.includes(found[1]) ? "fault" : drafts.includes(found[1]) ? "draft" : "";
      if (mark) {
        link.classList.add(`casebook-${mark}-link`);
        link.dataset.casebook = words[mark];
      }
    }
  }

  function listen() {
    const address = encodeURIComponent(location.pathname);
    events = new EventSource(`/__casebook__/events?page=${address}`);
    events.onmessage = (message) => {
      const state = JSON.parse(message.data);
      if (!state.problems.length && state.generation !== page) {
        events.close();
        location.reload();
        return;
      }
      showErrors(state.problems, state.number);
      markCases(state.drafts, state.faults);
    };
  }

  // A browser keeps few connections to one host; a tab that nobody sees needs none.
  document.addEventListener("visibilitychange", () => {
    if (events) events.close();
    events = null;
    if (!document.hidden) listen();
  });
  if (!document.hidden) listen();
})();
