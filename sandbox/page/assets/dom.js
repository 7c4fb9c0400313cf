// Building and keeping DOM nodes. Text is always text: nothing here parses HTML.

export const $ = (id) => document.getElementById(id);

// h makes an element. props: attributes, `class`, `on<event>` handlers,
// `dataset`; false, null and undefined leave an attribute out.
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else if (key === "dataset") Object.assign(node.dataset, value);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

const drawn = new WeakMap();

// draw replaces the children of node only when what they show has changed.
export function draw(node, shown, build) {
  const key = JSON.stringify(shown);
  if (drawn.get(node) === key) return false;
  drawn.set(node, key);
  node.replaceChildren(...[build()].flat(Infinity).filter(Boolean));
  return true;
}

// drawList keeps one child per item: unchanged ones stay as they are, with
// focus and selection; keyOf names an item, seen is all that its node shows.
export function drawList(parent, items, keyOf, build, seen = (x) => x) {
  const old = new Map([...parent.children].map((n) => [n.dataset.key, n]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const look = JSON.stringify(seen(item));
    let node = old.get(key);
    if (node && drawn.get(node) !== look) {
      const fresh = build(item);
      if (at === node) at = fresh;
      node.replaceWith(fresh);
      node = fresh;
    } else if (!node) {
      node = build(item);
    }
    old.delete(key);
    node.dataset.key = key;
    drawn.set(node, look);
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
  for (const node of old.values()) node.remove();
}

// options fills a select and keeps what is chosen. groups: [{label, items:[{value, text, disabled}]}].
export function options(select, groups, chosen) {
  const before = chosen ?? select.value;
  draw(select, groups, () => groups.map((g) => {
    const opts = g.items.map((i) => h("option", { value: i.value, disabled: i.disabled }, i.text));
    return g.label ? h("optgroup", { label: g.label }, opts) : opts;
  }));
  if (select.value !== before && [...select.options].some((o) => o.value === before)) select.value = before;
}

// setText changes an element's text only when it differs, so that screen
// readers are not told the same again.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// fail shows an error near its control; an empty text takes it away.
export function fail(node, text) {
  setText(node, text || "");
  node.hidden = !text;
}

// setValue updates a field unless the person is at it, or what was typed there
// could not be saved (data-unsaved).
export function setValue(field, value) {
  if (field.dataset.unsaved) return;
  if (document.activeElement === field && field.tagName !== "SELECT") return;
  if (field.value !== value) field.value = value;
}
