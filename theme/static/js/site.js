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
