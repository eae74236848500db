/* Reports what visitors do, in batches and without waiting.
 *
 * <script src="…/personalize.js" defer data-sp-events="/personalize/events/"></script>
 * data-sp-layer    name of the GA4 data layer, "dataLayer" if not said
 * data-sp-consent  "none": send nothing
 */
(() => {
  "use strict";
  const script = document.currentScript;
  const settings = script ? script.dataset : {};
  const eventsUrl = settings.spEvents;
  if (!eventsUrl || settings.spConsent === "none" || window.shopPersonalize) return;

  const ECOMMERCE = new Set(["view_item", "view_item_list", "select_item", "add_to_cart",
    "remove_from_cart", "view_cart", "begin_checkout", "purchase", "refund",
    "add_to_wishlist", "search", "view_search_results"]);
  const BATCH = 20;
  const MAX_BYTES = 60000;
  const SOON = 250;
  const TRIES = 3;
  const queue = [];
  let timer = 0;
  let busy = false;

  /* Ids of version 7, with the time in front. */
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

  const enqueue = (event) => {
    queue.push({ text: JSON.stringify(event), tries: 0 });
    if (!timer) timer = setTimeout(flush, queue.length < BATCH ? SOON : 0);
  };

  const takeBatch = () => {
    const batch = [];
    let bytes = 0;
    while (queue.length && batch.length < BATCH) {
      bytes += queue[0].text.length * 2;
      if (batch.length && bytes > MAX_BYTES) break;
      batch.push(queue.shift());
    }
    return [batch, `{"events":[${batch.map((one) => one.text).join(",")}]}`];
  };

  /* One request at a time: two first ones would make two visitors. Plain text, or the
   * browser would ask the shop for permission first. */
  const flush = () => {
    timer = 0;
    if (busy || !queue.length) return;
    busy = true;
    let pause = 0;
    const [batch, body] = takeBatch();
    fetch(eventsUrl, {
      method: "POST", body, keepalive: true, credentials: "same-origin",
      headers: { "Content-Type": "text/plain" },
    }).then((answer) => {
      if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
    }).catch(() => {
      pause = 5000;
      queue.unshift(...batch.filter((one) => ++one.tries < TRIES));
    }).then(() => {
      busy = false;
      if (queue.length && !timer) timer = setTimeout(flush, pause);
    });
  };

  const leave = () => {
    while (queue.length) {
      const [batch, body] = takeBatch();
      if (!navigator.sendBeacon(eventsUrl, new Blob([body], { type: "text/plain" }))) {
        queue.unshift(...batch);
        flush();
        return;
      }
    }
  };

  const track = (event, product, more) => {
    const at = new Date().toISOString();
    enqueue({ event, product, id: uuid7(), at, ...more });
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
      enqueue(form);
    } catch (error) { /* The shop's tags must not feel us. */ }
  };
  const layerName = settings.spLayer || "dataLayer";
  const layer = (window[layerName] = window[layerName] || []);
  Array.from(layer).forEach(heard);
  const push = layer.push;
  layer.push = function (...pushed) {
    pushed.forEach(heard);
    return push.apply(this, pushed);
  };

  /* Blocks: what was shown, seen, clicked, hidden; each block and card once. */
  const told = new WeakSet();
  const isFirst = (node) => !told.has(node) && told.add(node);
  const PLACES = 20;
  const shown = (block) => {
    const cards = block.querySelectorAll("[data-sp-item][data-sp-rid]");
    const rids = Array.from(cards, (card) => card.dataset.spRid);
    while (block.dataset.spRid && rids.length) {
      const context = { rids: rids.splice(0, PLACES) };
      track("rec_shown", undefined, { rid: block.dataset.spRid, context });
    }
  };
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
    root.querySelectorAll("[data-sp-block]").forEach((block) => {
      if (isFirst(block)) shown(block);
      block.querySelectorAll("[data-sp-item]").forEach((card) => {
        if (isFirst(card)) seen.observe(card);
      });
    });
    root.querySelectorAll("[data-sp-lazy]").forEach((place) => near.observe(place));
  };

  document.addEventListener("click", (click) => {
    const target = click.target instanceof Element ? click.target : null;
    const card = target && target.closest("[data-sp-block] [data-sp-item]");
    if (!card) return;
    if (target.closest("[data-sp-hide]")) {
      click.preventDefault();
      track("hide", card.dataset.spItem, { rid: ridOf(card) });
      card.remove();
    } else if (target.closest("a[href]")) {
      track("click", card.dataset.spItem, { rid: ridOf(card) });
      leave();
    }
  }, true);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
  });
  window.addEventListener("pagehide", leave);

  window.shopPersonalize = { track, scan: () => scan(document) };
  scan(document);
})();
