// Opened from a folder, a link to "…/" lists the folder; a server would give its index.html.
if (location.protocol === "file:") {
  // The attribute, because the href of a link inside a drawing is no string.
  for (const link of document.querySelectorAll("a[href]")) {
    const url = new URL(link.getAttribute("href"), location.href);
    if (url.protocol === "file:" && url.pathname.endsWith("/")) {
      url.pathname += "index.html";
      link.setAttribute("href", url.href);
    }
  }
}

// A page that has moved leads to the same place on the new one.
{
  const moved = document.querySelector("meta[http-equiv=refresh]");
  const target = moved?.content.split("url=")[1];
  if (target && location.hash && !target.includes("#")) {
    location.replace(new URL(target + location.hash, location.href));
  }
}

// The page in another language shows the place, the query or the filter that is open here.
for (const link of document.querySelectorAll(".masthead__language")) {
  link.addEventListener("click", () => {
    link.hash = location.hash;
  });
}

// The field in the masthead needs a script; without one the link to the page of search remains.
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

// What is there to be taken as a file is selected by hand where there is no script.
for (const block of document.querySelectorAll("[data-file]")) {
  const link = document.createElement("a");
  link.className = "citation__save";
  link.textContent = block.closest("[data-save]").dataset.save;
  link.download = block.dataset.file;
  link.href = `data:text/plain;charset=utf-8,${encodeURIComponent(block.textContent)}`;
  block.before(link);
}

// What is there to be copied is selected with one click where there is no script.
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
        // Only pages of a safe address have a clipboard.
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
  // The numbers of a list are no text of it.
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

// A mark that is touched, or reached by the keyboard, says below the chart what a pointer is told.
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

// A figure in the text and its mark in a chart light each other.
{
  const marks = [...document.querySelectorAll(".chart__svg a[href*='figures/'], a.figure")];
  for (const mark of marks) {
    const same = () => marks.filter((one) => one !== mark && one.getAttribute("href") === mark.getAttribute("href"));
    for (const [kind, lit] of [["pointerenter", true], ["focus", true], ["pointerleave", false], ["blur", false]]) {
      mark.addEventListener(kind, () => same().forEach((one) => one.classList.toggle("is-lit", lit)));
    }
  }
}
