// Tells the page that embeds a chart how tall the chart is, whenever that changes.
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
