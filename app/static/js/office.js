// The office: one listener for every row instead of a script per row. Needs the jQuery and Select2 that FAB ships.
//   <a data-post="/office/…/delete/7" data-confirm="Delete …?">   sends a POST with the token, after a question
//   <form data-confirm="…"> or <button data-confirm="…">          asks before it is sent
//   <select data-url="…" data-placeholder="…">                    asks for its rows while one types
//   <select data-depends="other-id">                              sends the other field's value as `parent`
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
    if (!link) return;
    if (link.dataset.confirm && !window.confirm(link.dataset.confirm)) {
      event.preventDefault();
      return;
    }
    if (link.dataset.post) {
      event.preventDefault();
      post(link.dataset.post);
    }
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var asks = form.dataset.confirm;
    if ((asks && !window.confirm(asks)) || form.dataset.sent) {
      event.preventDefault();
    } else if (form.hasAttribute("data-once")) {
      form.dataset.sent = "yes";
    }
  });

  function lookup(select) {
    var $select = window.jQuery(select);
    $select.select2({
      theme: "bootstrap", width: "100%", allowClear: !select.required, placeholder: select.dataset.placeholder || "",
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
    if (window.jQuery && window.jQuery.fn.select2) document.querySelectorAll("select[data-url]").forEach(lookup);
  });
})();
