// Shows a chart in the scheme that the embedding page requests: ?scheme=light, ?scheme=dark.
(function () {
  "use strict";
  var scheme = new URLSearchParams(location.search).get("scheme");
  if (scheme !== "light" && scheme !== "dark") {
    return;
  }
  var holds = scheme === "dark" ? "(min-width: 0)" : "(max-width: 0)";
  document.documentElement.style.colorScheme = scheme;
  for (var sheet of document.styleSheets) {
    for (var rule of sheet.cssRules) {
      if (rule.media && rule.media.mediaText.includes("prefers-color-scheme: dark")) {
        rule.media.mediaText = rule.media.mediaText.replace("(prefers-color-scheme: dark)", holds);
      }
    }
  }
})();

// Sends the height of the chart to the embedding page whenever it changes.
(function () {
  "use strict";
  if (window.parent === window || !("ResizeObserver" in window)) {
    return;
  }
  var root = document.documentElement;
  new ResizeObserver(function () {
    var height = Math.ceil(document.body.getBoundingClientRect().height);
    window.parent.postMessage({ casebookHeight: height }, "*");
  }).observe(root);
})();
