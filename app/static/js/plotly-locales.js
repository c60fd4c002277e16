// Months, weekdays and number signs of plotly.js in Kazakh and Russian; plotly.js ships no Kazakh.
(function () {
  "use strict";
  if (!window.Plotly) return;

  function locale(name, days, shortDays, months, shortMonths, date) {
    window.Plotly.register({
      moduleType: "locale", name: name, dictionary: {},
      format: {
        days: days, shortDays: shortDays, months: months, shortMonths: shortMonths,
        date: date, decimal: ",", thousands: "\u00A0"
      }
    });
  }

  locale("kk",
    ["жексенбі", "дүйсенбі", "сейсенбі", "сәрсенбі", "бейсенбі", "жұма", "сенбі"],
    ["жс", "дс", "сс", "ср", "бс", "жм", "сб"],
    ["қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым",
      "шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"],
    ["қаң.", "ақп.", "нау.", "сәу.", "мам.", "мау.", "шіл.", "там.", "қыр.", "қаз.", "қар.", "жел."],
    "%d.%m.%Y");
  locale("ru",
    ["воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"],
    ["вс", "пн", "вт", "ср", "чт", "пт", "сб"],
    ["январь", "февраль", "март", "апрель", "май", "июнь",
      "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"],
    ["янв.", "февр.", "март", "апр.", "май", "июнь", "июль", "авг.", "сент.", "окт.", "нояб.", "дек."],
    "%d.%m.%Y");
})();
