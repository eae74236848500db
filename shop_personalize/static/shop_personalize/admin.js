"use strict";
/* Pages refresh themselves; without this script they do so by reloading.
   data-sp-refresh: an address answering {"html", "again" (ms, 0 = stop), "reload"}.
   data-sp-reload: ms after which this part of the page is fetched again.
   data-sp-search: an address that finds products for the list of the inputs inside.
   data-fields: of an option, the fields it goes with.
   data-sp-rest: ids of sliders; shows what is left of the whole for a weight of one. */
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
      const others = sliders.reduce((sum, slider) => sum + (slider ? share(slider) : 0), 0);
      say(rest, 1 / (1 + others));
    }
  };
  document.addEventListener("input", (event) => {
    if (event.target.closest(".sp-slider")) slide();
  });

  /* Of a condition: only the comparisons and values that go with its field. */
  const suit = (row) => {
    const [field, op] = row.querySelectorAll("select");
    const text = row.querySelector("input");
    for (const option of op.options) {
      const suits = !option.value || !field.value || option.dataset.fields.split(" ").includes(field.value);
      option.hidden = option.disabled = !suits;
      if (!suits && option.selected) op.value = "";
    }
    text.setAttribute("list", `sp-values-${field.value || "any"}`);
    text.hidden = ["same", "other"].includes(op.value);
  };
  for (const row of document.querySelectorAll(".sp-condition")) suit(row);
  document.addEventListener("change", (event) => {
    const row = event.target.closest(".sp-condition");
    if (row) suit(row);
  });

  /* Titles as they are typed; the id is what a choice fills in. */
  let asked = 0;
  const seek = async (address, input) => {
    const mine = ++asked;
    const answer = await fetch(`${address}?q=${encodeURIComponent(input.value)}`);
    if (!answer.ok || mine !== asked) return;
    const { products } = await answer.json();
    input.list.replaceChildren(
      ...products.map(([id, title]) => new Option(`${title} (${id})`, id)),
    );
  };
  document.addEventListener("input", (event) => {
    const box = event.target.closest("[data-sp-search]");
    if (box && event.target.value.length > 1) seek(box.dataset.spSearch, event.target).catch(() => {});
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
