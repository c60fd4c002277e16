// Small comforts of the parents' pages. Every page works without them.
(function () {
  "use strict";

  // One press, one act: a form with data-once is sent once. The server refuses the second one in any case.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-once") || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    });
  });

  // Filters answer at once; their button (class nojs) is for browsers without scripts.
  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute("data-autosubmit")) form.requestSubmit();
  });

  function size(bytes) {
    var units = bytes >= 1048576 ? [bytes / 1048576, "megabyte"] : [Math.max(1, bytes / 1024), "kilobyte"];
    return new Intl.NumberFormat(document.documentElement.lang || "kk", {
      style: "unit", unit: units[1], maximumFractionDigits: units[1] === "megabyte" ? 1 : 0
    }).format(units[0]);
  }

  // The name and the size of a chosen file, and a word before a too large one is sent in vain.
  document.addEventListener("change", function (event) {
    var input = event.target;
    if (input.type !== "file") return;
    var line = document.getElementById(input.id + "-size");
    if (!line) return;
    var files = Array.from(input.files);
    var limit = input.dataset.maxMb * 1048576;
    var tooBig = limit && files.some(function (file) { return file.size > limit; });
    line.textContent = files.map(function (file) { return file.name + " (" + size(file.size) + ")"; }).join(", ") +
      (tooBig ? ". " + input.dataset.tooBig : "");
    line.classList.toggle("bad", Boolean(tooBig));
    input.setCustomValidity(tooBig ? input.dataset.tooBig : "");
  });

  // On a phone the camera opens at once.
  if (matchMedia("(pointer: coarse)").matches) {
    document.querySelectorAll("button[data-camera]").forEach(function (button) { button.hidden = false; });
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-camera]");
    if (button) {
      var input = document.getElementById(button.dataset.camera);
      input.setAttribute("capture", "environment");
      input.click();
      input.removeAttribute("capture");
    }
    if (event.target.closest("[data-print]")) window.print();
  });

  var summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  // The current entry of a scrolling menu is in sight.
  document.querySelectorAll(".nav, .tabs, .rail ul").forEach(function (strip) {
    var current = strip.querySelector("[aria-current]");
    if (current && strip.scrollWidth > strip.clientWidth) {
      strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
    }
  });
})();
