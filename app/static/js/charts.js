// Draws every <figure class="chart">. The figure comes from the server without colours of its own: a string such as
// "var(--c2)" or "var(--c2)/25" (25 % opaque) is read from the tokens, so a chart follows the light and dark scheme.
// Without this script the table under the chart says the same.
(function () {
  "use strict";
  var root = document.documentElement;
  var reference = /^var\((--[\w-]+)\)(?:\/(\d+))?$/;
  var config = { displayModeBar: false, responsive: true, locale: root.lang, showSendToCloud: false };

  function token(name) { return getComputedStyle(root).getPropertyValue(name).trim(); }

  function colour(name, percent) {
    var hex = token(name);
    return percent ? hex + Math.round(percent * 2.55).toString(16).padStart(2, "0") : hex;
  }

  // Replaces every reference to a token, however deep it lies in the figure.
  function resolved(value) {
    if (typeof value === "string") {
      var found = reference.exec(value);
      return found ? colour(found[1], found[2]) : value;
    }
    if (Array.isArray(value)) return value.map(resolved);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(function (pair) { return [pair[0], resolved(pair[1])]; }));
    }
    return value;
  }

  function merged(base, over) {
    var out = Object.assign({}, base);
    Object.keys(over || {}).forEach(function (key) {
      var both = [out[key], over[key]].every(function (v) { return v && typeof v === "object" && !Array.isArray(v); });
      out[key] = both ? merged(out[key], over[key]) : over[key];
    });
    return out;
  }

  function ground() {
    var ink = token("--ink-2");
    var clear = "rgba(0,0,0,0)";
    var axis = { automargin: true, fixedrange: true, showline: false, ticks: "", title: { standoff: 12 } };
    return {
      font: { family: token("--font"), size: 13, color: ink },
      colorway: ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6"].map(token),
      paper_bgcolor: clear, plot_bgcolor: clear, margin: { l: 8, r: 16, t: 16, b: 8 }, bargap: 0.35,
      dragmode: false, separators: ",\u00A0", hovermode: "closest", legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
      hoverlabel: { bgcolor: token("--surface"), bordercolor: token("--line-strong"), font: { color: token("--ink") } },
      xaxis: merged(axis, { showgrid: false, zeroline: false }),
      yaxis: merged(axis, { rangemode: "tozero", gridcolor: token("--grid"), zeroline: true, zerolinecolor: token("--line-strong") })
    };
  }

  function line(trace) {
    return trace.type === "scatter" && trace.mode !== "markers" ? merged({ line: { width: 3 } }, trace) : trace;
  }

  function draw(plot) {
    var script = plot.nextElementSibling;
    var source = plot.dataset.figure || (script && script.type === "application/json" ? script.textContent : "");
    if (!source) return;
    var figure = resolved(JSON.parse(source));
    window.Plotly.react(plot, figure.data.map(line), merged(ground(), figure.layout), config);
  }

  function drawAll() { document.querySelectorAll("figure.chart > .plot").forEach(draw); }

  if (!window.Plotly) return;
  (document.fonts && document.fonts.ready ? document.fonts.ready : Promise.resolve()).then(drawAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
})();
