/* Reports what visitors do, in batches and without waiting.
 *
 * <script src="…/personalize.js" defer data-sp-events="/personalize/events/"></script>
 * data-sp-events   where events go; GA4 events go to "ga4/" below it
 * data-sp-layer    name of the GA4 data layer, "dataLayer" if not said
 * data-sp-consent  "none": send nothing
 */
(() => {
  "use strict";
  const script = document.currentScript;
  const settings = script ? script.dataset : {};
  const eventsUrl = settings.spEvents || settings.eventsUrl;
  if (!eventsUrl || settings.spConsent === "none" || window.shopPersonalize) return;

  const ECOMMERCE = new Set(["view_item", "view_item_list", "select_item", "add_to_cart",
    "remove_from_cart", "view_cart", "begin_checkout", "purchase", "refund",
    "add_to_wishlist", "search", "view_search_results"]);
  const BATCH = 20;
  const MAX_BYTES = 60000;
  const SOON = 250;
  const TRIES = 3;
  const queues = new Map();
  let timer = 0;

  /* Ids of version 7: the time in front, so that the shop can tell old from new. */
  const uuid7 = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let time = Date.now();
    for (let at = 5; at >= 0; at--) {
      bytes[at] = time % 256;
      time = Math.floor(time / 256);
    }
    bytes[6] = (bytes[6] & 15) | 112;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  const enqueue = (url, event) => {
    if (!queues.has(url)) queues.set(url, []);
    const queue = queues.get(url);
    queue.push({ event, text: JSON.stringify(event), tries: 0 });
    if (queue.length >= BATCH) flush(false);
    else if (!timer) timer = setTimeout(() => flush(false), SOON);
  };

  const takeBatch = (queue) => {
    const batch = [];
    let bytes = 0;
    while (queue.length && batch.length < BATCH) {
      bytes += queue[0].text.length * 2 + 2;
      if (batch.length && bytes > MAX_BYTES) break;
      batch.push(queue.shift());
    }
    return batch;
  };

  const flush = (leaving) => {
    clearTimeout(timer);
    timer = 0;
    queues.forEach((queue, url) => {
      while (queue.length) send(url, queue, takeBatch(queue), leaving);
    });
  };

  const send = (url, queue, batch, leaving) => {
    const body = `{"events":[${batch.map((one) => one.text).join(",")}]}`;
    /* Plain text, or the browser would ask the shop for permission first. */
    if (leaving && navigator.sendBeacon &&
        navigator.sendBeacon(url, new Blob([body], { type: "text/plain" }))) return;
    fetch(url, {
      method: "POST", body, keepalive: true, credentials: "same-origin",
      headers: { "Content-Type": "text/plain" },
    }).then((answer) => {
      if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
    }).catch(() => {
      const again = batch.filter((one) => ++one.tries < TRIES);
      queue.unshift(...again);
      if (again.length && !timer) timer = setTimeout(() => flush(false), 5000);
    });
  };

  const track = (event, product, more) => {
    const at = new Date().toISOString();
    enqueue(eventsUrl, { event, product, id: uuid7(), at, ...more });
  };

  /* The data layer: what was pushed before us, and what comes. */
  const heard = (pushed) => {
    try {
      if (!pushed || typeof pushed !== "object") return;
      const words = pushed[0] === "event" ? Array.from(pushed) : null;
      const name = words ? words[1] : pushed.event;
      if (!ECOMMERCE.has(name)) return;
      const body = words ? words[2] : pushed.ecommerce || pushed.eventModel || pushed;
      const form = { event: name, ecommerce: body || {}, event_id: uuid7(),
        at: new Date().toISOString() };
      if (name === "purchase" || name === "refund") delete form.event_id;
      enqueue(`${eventsUrl}ga4/`, form);
    } catch (error) { /* The shop's own tags must never feel us. */ }
  };
  const layerName = settings.spLayer || "dataLayer";
  const layer = (window[layerName] = window[layerName] || []);
  Array.from(layer).forEach(heard);
  const push = layer.push;
  layer.push = function (...pushed) {
    pushed.forEach(heard);
    return push.apply(this, pushed);
  };

  /* Blocks: what was seen, clicked, hidden. */
  const ridOf = (card) => {
    const holder = card.closest("[data-sp-rid]");
    return holder ? holder.dataset.spRid : "";
  };
  const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (!entry.isIntersecting) return;
    seen.unobserve(entry.target);
    track("rec_view", entry.target.dataset.spItem, { rid: ridOf(entry.target) });
  }), { threshold: 0.5 });
  const near = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (!entry.isIntersecting) return;
    near.unobserve(entry.target);
    fill(entry.target);
  }), { rootMargin: "300px" });

  const fill = (place) => fetch(place.dataset.spUrl || place.dataset.spLazy, {
    credentials: "same-origin", headers: { "X-Requested-With": "XMLHttpRequest" },
  }).then((answer) => (answer.status === 200 ? answer.text() : "")).then((html) => {
    place.innerHTML = html;
    scan(place);
  }).catch(() => { place.textContent = ""; });

  const scan = (root) => {
    root.querySelectorAll("[data-sp-block] [data-sp-item]").forEach((card) => {
      seen.observe(card);
    });
    root.querySelectorAll("[data-sp-lazy]").forEach((place) => near.observe(place));
  };

  const hide = (button, card) => {
    const url = button.dataset.spHide;
    if (url) {
      fetch(url, { method: "POST", keepalive: true, credentials: "same-origin" });
    } else track("hide", card.dataset.spItem, { rid: ridOf(card) });
    card.remove();
  };

  document.addEventListener("click", (click) => {
    const target = click.target instanceof Element ? click.target : null;
    const card = target && target.closest("[data-sp-block] [data-sp-item]");
    if (!card) return;
    const button = target.closest("[data-sp-hide]");
    if (button) {
      click.preventDefault();
      hide(button, card);
    } else if (target.closest("a[href]")) {
      track("click", card.dataset.spItem, { rid: ridOf(card) });
      flush(true);
    }
  }, true);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush(true);
  });
  window.addEventListener("pagehide", () => flush(true));

  window.shopPersonalize = { track, scan: () => scan(document), flush: () => flush(false) };
  scan(document);
})();
