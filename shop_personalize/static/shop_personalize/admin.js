"use strict";
/* Pages refresh themselves; without this script they do so by reloading.
   data-sp-refresh: an address answering {"html", "again" (ms, 0 = stop), "reload"}.
   data-sp-reload: ms after which this part of the page is fetched again.
   data-sp-rest: ids of sliders; shows what they leave of the whole. */
(() => {
  const toBottom = (root) => {
    for (const log of root.querySelectorAll("[data-sp-bottom]")) log.scrollTop = log.scrollHeight;
  };
  const isBusy = (node) =>
    document.hidden || node.contains(document.activeElement) || node.querySelector(":checked, details[open]");

  const refresh = async (node, wait) => {
    let again = wait;
    try {
      if (!isBusy(node)) {
        const answer = await fetch(node.dataset.spRefresh, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(answer.status);
        const found = await answer.json();
        node.innerHTML = found.html;
        toBottom(node);
        if (found.title) document.title = found.title;
        const heading = document.querySelector("#content > h1");
        if (found.title && heading) heading.textContent = found.title;
        if (found.reload) { location.reload(); return; }
        again = found.again;
      }
    } catch { again = Math.min(wait * 2, 60000); }
    if (again) setTimeout(refresh, again, node, again);
  };

  const reload = async (node, wait) => {
    try {
      if (!isBusy(node)) {
        const answer = await fetch(location.href);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById(node.id);
        if (!answer.ok || !fresh) throw new Error(answer.status);
        node.innerHTML = fresh.innerHTML;
        wait = Number(fresh.dataset.spReload || 0);
      }
    } catch { wait = Math.min(wait * 2, 60000); }
    if (wait) setTimeout(reload, wait, node, wait);
  };

  /* The server has written "30 %" as this reader does; only the digits change. */
  const say = (output, share) => {
    output.textContent = output.textContent.replace(/[\d.,]+/, Math.round(share * 100));
  };
  const share = (slider) => Number(slider.value);
  const slide = () => {
    for (const slider of document.querySelectorAll(".sp-slider input")) {
      say(slider.parentElement.querySelector("output"), share(slider));
    }
    for (const rest of document.querySelectorAll("[data-sp-rest]")) {
      const sliders = rest.dataset.spRest.split(" ").map((id) => document.getElementById(id));
      const taken = sliders.reduce((sum, slider) => sum + (slider ? share(slider) : 0), 0);
      say(rest, Math.max(0, 1 - taken));
    }
  };
  document.addEventListener("input", (event) => {
    if (event.target.closest(".sp-slider")) slide();
  });

  toBottom(document);
  for (const node of document.querySelectorAll("[data-sp-refresh]")) {
    const wait = Number(node.dataset.spEvery);
    setTimeout(refresh, wait, node, wait);
  }
  for (const node of document.querySelectorAll("[data-sp-reload]")) {
    const wait = Number(node.dataset.spReload);
    setTimeout(reload, wait, node, wait);
  }
})();
