// The office: one listener for every row instead of a script per row. Needs the jQuery and Select2 that FAB ships.
// Load it after small-enhancements.js, which sends a form once (data-once).
//   <button data-confirm="…"> or <form data-confirm="…">     asks before it is sent
//   <a data-post="/office/…/delete/7" data-confirm="…">      sends a POST with the token, after the question
//   <input type="checkbox" data-check-all="form-id">         checks the rows whose checkbox belongs to that form
//   <button data-needs-rows>                                 can be pressed when a row of its form is checked
//   <select data-url="…" data-placeholder="…">               asks for its rows while one types
//   <select data-depends="other-id">                         sends the other field's value as `parent`
(function () {
  "use strict";

  function csrfToken() {
    var meta = document.querySelector("meta[name=csrf-token]");
    var input = document.querySelector("input[name=csrf_token]");
    return meta ? meta.content : input ? input.value : "";
  }

  function post(url) {
    var form = document.createElement("form");
    var token = document.createElement("input");
    form.method = "post";
    form.action = url;
    token.type = "hidden";
    token.name = "csrf_token";
    token.value = csrfToken();
    form.append(token);
    document.body.append(form);
    form.submit();
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-post], button[data-confirm], input[data-confirm]");
    if (!link || link.getAttribute("aria-disabled") === "true") return;
    if (link.dataset.confirm && !window.confirm(link.dataset.confirm)) {
      event.preventDefault();
      return;
    }
    if (link.dataset.post) {
      event.preventDefault();
      post(link.dataset.post);
    }
  });

  // Capturing, so that a form that was not confirmed is never marked as sent.
  document.addEventListener("submit", function (event) {
    var asks = event.target.dataset.confirm;
    if (asks && !window.confirm(asks)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);

  function rowsOf(form) {
    return Array.from(form.elements).filter(function (el) { return el.type === "checkbox" && el.name; });
  }

  // A bulk act without a row would only come back with a refusal.
  function showWhatCanBePressed() {
    document.querySelectorAll("button[data-needs-rows]").forEach(function (button) {
      var some = button.form && rowsOf(button.form).some(function (row) { return row.checked; });
      if (some) button.removeAttribute("aria-disabled");
      else button.setAttribute("aria-disabled", "true");
    });
  }

  document.addEventListener("change", function (event) {
    var all = event.target.dataset.checkAll;
    if (all) rowsOf(document.getElementById(all)).forEach(function (row) { row.checked = event.target.checked; });
    if (event.target.type === "checkbox") showWhatCanBePressed();
  });

  function lookup(select) {
    var $select = window.jQuery(select);
    $select.select2({
      width: "100%", allowClear: !select.required, placeholder: select.dataset.placeholder || "",
      ajax: {
        url: select.dataset.url, dataType: "json", delay: 250, cache: true,
        data: function (asked) {
          var parent = select.dataset.depends && document.getElementById(select.dataset.depends);
          return { term: asked.term || "", page_lookup: (asked.page || 1) - 1, parent: parent ? parent.value : undefined };
        }
      }
    });
    // Select2 ties no label to its own box; the name of the field is what a screen reader should say.
    var label = document.querySelector('label[for="' + select.id + '"]');
    if (label) $select.data("select2").$selection.attr("aria-label", label.textContent.trim());
  }

  document.addEventListener("DOMContentLoaded", function () {
    showWhatCanBePressed();
    if (window.jQuery && window.jQuery.fn.select2) document.querySelectorAll("select[data-url]").forEach(lookup);
  });
})();
