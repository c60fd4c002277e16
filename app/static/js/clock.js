// The reference clock. The answer carries the server's moment; from there the browser's steady counter runs on,
// so a wrong clock of the phone changes nothing. Without this script the page shows the time of the answer.
(function () {
  "use strict";
  var shown = document.querySelectorAll("time[data-clock]");
  if (!shown.length) return;
  var first = shown[0].getAttribute("datetime");
  var syncUrl = shown[0].dataset.sync;
  var zone = /([+-])(\d\d):(\d\d)$/.exec(first);
  var shift = zone ? (zone[1] === "-" ? -1 : 1) * (zone[2] * 60 + +zone[3]) * 60000 : 0;
  var entry = (performance.getEntriesByType("navigation") || [])[0];
  var offset = Date.parse(first) - (entry ? entry.responseStart : 0);
  var hiddenAt = 0;

  function now() { return offset + performance.now(); }

  function two(n) { return (n < 10 ? "0" : "") + n; }

  function show() {
    var d = new Date(now() + shift);
    var text = two(d.getUTCHours()) + ":" + two(d.getUTCMinutes()) + ":" + two(d.getUTCSeconds());
    shown.forEach(function (el) { if (el.textContent !== text) el.textContent = text; });
    document.dispatchEvent(new CustomEvent("kezek:tick", { detail: now() }));
    setTimeout(show, 1000 - (now() % 1000) + 5);
  }

  // A sleeping device stops the steady counter: ask the server again, halving the way there and back.
  function sync() {
    if (!syncUrl) return;
    var asked = performance.now();
    fetch(syncUrl, { cache: "no-store", headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.json(); })
      .then(function (body) { offset = Date.parse(body.now) - (asked + performance.now()) / 2; })
      .catch(function (reason) { console.warn("reference time not available", reason); });
  }

  document.addEventListener("visibilitychange", function () {
    if (document.hidden) hiddenAt = Date.now();
    else if (hiddenAt && Date.now() - hiddenAt > 60000) sync();
  });
  window.addEventListener("pageshow", function (event) { if (event.persisted) sync(); });

  window.kezekNow = now;
  // The first tick waits until the other deferred scripts listen.
  setTimeout(show, 0);
})();
