// Opened from a folder, a link to "…/" would list the folder; a server sends its index.html.
if (location.protocol === "file:") {
  // The attribute, because the href of a link inside an SVG is not a string.
  for (const link of document.querySelectorAll("a[href]")) {
    const url = new URL(link.getAttribute("href"), location.href);
    if (url.protocol === "file:" && url.pathname.endsWith("/")) {
      url.pathname += "index.html";
      link.setAttribute("href", url.href);
    }
  }
}

// A moved page leads to the same anchor on the new page.
{
  const moved = document.querySelector("meta[http-equiv=refresh]");
  const target = moved?.content.split("url=")[1];
  if (target && location.hash && !target.includes("#")) {
    location.replace(new URL(target + location.hash, location.href));
  }
}

// The link to the other language keeps the anchor, the query or the filter of this page.
for (const link of document.querySelectorAll(".masthead__language")) {
  link.addEventListener("click", () => {
    link.hash = location.hash;
  });
}

// The field in the masthead needs this script; without it the link to the search page remains.
{
  const form = document.querySelector(".masthead__search");
  const page = document.querySelector(".masthead__link--search");
  if (form && page) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const query = form.querySelector("input").value.trim();
      location.href = page.href + (query ? `#${new URLSearchParams({ q: query })}` : "");
    });
  }
}

// Adds links that save blocks as files; without this script readers select the text by hand.
for (const block of document.querySelectorAll("[data-file]")) {
  const link = document.createElement("a");
  link.className = "citation__save";
  link.textContent = block.closest("[data-save]").dataset.save;
  link.download = block.dataset.file;
  link.href = `data:text/plain;charset=utf-8,${encodeURIComponent(block.textContent)}`;
  block.before(link);
}

// Adds buttons that copy texts; without this script one click selects the text.
{
  const words = document.querySelector("[data-copy]");
  const offer = (label, read) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = label;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      const text = read();
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        // Browsers offer the clipboard only to pages with https or on localhost.
        const field = document.createElement("textarea");
        field.value = text;
        document.body.append(field);
        field.select();
        document.execCommand("copy");
        field.remove();
      }
      button.textContent = words.dataset.copied;
      setTimeout(() => {
        button.textContent = label;
      }, 2000);
    });
    return button;
  };
  // The numbers of a list are not part of its textContent.
  const textOf = (part) =>
    part.matches("ol")
      ? [...part.children].map((item, at) => `${at + 1}. ${item.textContent.trim()}`).join("\n")
      : part.textContent.trim();
  if (words) {
    const { copy, copyLink } = words.dataset;
    const canonical = document.querySelector("link[rel=canonical]");
    words.append(offer(copyLink, () => (canonical ? canonical.href + location.hash : location.href)));
    for (const block of document.querySelectorAll(".chart__snippet, .code__block, .citation__code")) {
      const text = block.textContent;
      block.after(offer(copy, () => text));
    }
    for (const entry of document.querySelectorAll(".citation > dd")) {
      const text = entry.textContent;
      entry.append(offer(copy, () => text));
    }
    for (const letter of document.querySelectorAll(".request")) {
      letter.after(offer(copy, () => [...letter.children].map(textOf).join("\n\n")));
      const print = document.createElement("button");
      print.type = "button";
      print.className = "copy";
      print.textContent = letter.dataset.print;
      print.addEventListener("click", () => {
        document.body.classList.add("page--letter");
        window.print();
        document.body.classList.remove("page--letter");
      });
      letter.nextElementSibling.after(" ", print);
    }
  }
}

// Touch and keyboard show the title of a mark below the chart, as a pointer shows it in place.
for (const chart of document.querySelectorAll(".chart__panels")) {
  let said = null;
  const say = (event) => {
    const words = event.target.closest(".chart__svg :is(a, g)")?.querySelector("title")?.textContent;
    if (words && event.pointerType !== "mouse") {
      if (!said) {
        said = document.createElement("p");
        said.className = "chart__said";
        said.setAttribute("role", "status");
        chart.after(said);
      }
      said.textContent = words;
    }
  };
  chart.addEventListener("pointerdown", say);
  chart.addEventListener("focusin", say);
}

// Pointing at a figure in the text highlights its mark in a chart, and the other way round.
{
  const marks = [...document.querySelectorAll(".chart__svg a[href*='figures/'], a.figure")];
  for (const mark of marks) {
    const same = () => marks.filter((one) => one !== mark && one.getAttribute("href") === mark.getAttribute("href"));
    for (const [kind, lit] of [["pointerenter", true], ["focus", true], ["pointerleave", false], ["blur", false]]) {
      mark.addEventListener(kind, () => same().forEach((one) => one.classList.toggle("is-lit", lit)));
    }
  }
}
