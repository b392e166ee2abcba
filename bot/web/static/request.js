// The phone's own way to pass a page on, where it has one. Without it the address stands there to be copied.
(function () {
  "use strict";
  var button = document.getElementById("share");
  var address = document.getElementById("address");
  if (!button || !navigator.share) return;
  button.hidden = false;
  button.addEventListener("click", function () {
    // Who closes the sheet again has not made an error.
    navigator.share({ title: button.getAttribute("data-title"), url: address.textContent }).catch(function () {});
  });
})();
