// Time left until a deadline or an opening, by the reference clock (clock.js). Only digits change: nothing moves.
(function () {
  "use strict";
  var plurals = new Intl.PluralRules(document.documentElement.lang || "kk");
  var place = { one: 0, few: 1, many: 2, other: 2 };

  function two(n) { return (n < 10 ? "0" : "") + n; }

  function put(el, text) { if (el.textContent !== text) el.textContent = text; }

  function deadline(box, now) {
    var left = Math.floor((Date.parse(box.dataset.deadline) - now) / 1000);
    var over = box.nextElementSibling;
    box.hidden = left <= 0;
    if (over && over.classList.contains("over")) over.hidden = left > 0;
    if (left <= 0) return;
    var words = [box.dataset.label];
    box.querySelectorAll("[data-unit]").forEach(function (el, i) {
      var unit = +el.dataset.unit;
      var n = i === 0 ? Math.floor(left / unit) : Math.floor(left / unit) % (unit === 3600 ? 24 : 60);
      var name = el.nextElementSibling;
      put(el, i === 0 ? String(n) : two(n));
      put(name, name.dataset.forms.split("|")[place[plurals.select(n)] || 0]);
      words.push(n, name.textContent);
    });
    var label = words.join(" ");
    if (box.getAttribute("aria-label") !== label) box.setAttribute("aria-label", label);
  }

  function until(el, now) {
    var left = Math.max(0, Math.ceil((Date.parse(el.dataset.until) - now) / 1000));
    if (left >= 86400) return;
    var tail = two(Math.floor(left / 60) % 60) + ":" + two(left % 60);
    put(el, left >= 3600 ? Math.floor(left / 3600) + ":" + tail : tail);
  }

  function opens(button, now) {
    if (now < Date.parse(button.dataset.opens)) return;
    button.removeAttribute("aria-disabled");
    button.querySelector("span").textContent = button.dataset.label;
    delete button.dataset.opens;
  }

  document.addEventListener("kezek:tick", function (event) {
    var now = event.detail;
    document.querySelectorAll("[data-deadline]").forEach(function (el) { deadline(el, now); });
    document.querySelectorAll("[data-until]").forEach(function (el) { until(el, now); });
    document.querySelectorAll("[data-opens]").forEach(function (el) { opens(el, now); });
  });

  // A button that is not open yet answers nothing; without scripts the server says when it opens.
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[aria-disabled=true]");
    if (button) event.preventDefault();
  });
})();
