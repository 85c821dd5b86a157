// Makes elements. Every text goes through a text node, so nothing from the API is ever read as HTML.

// h('a', {class: 'x', href: '/', onclick: fn, style: {width: '10%'}}, 'text', [more])
export const h = (tag, attributes, ...children) => filled(document.createElement(tag), attributes, children);

// The same for a piece of an SVG drawing.
export const drawn = (tag, attributes, ...children) =>
  filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);

function filled(el, attributes = {}, children = []) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) el.addEventListener(name.slice(2), value);
    else if (name === 'style') Object.assign(el.style, value);
    else el.setAttribute(name, value === true ? '' : String(value));
  }
  add(el, children);
  return el;
}

function add(el, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) add(el, child);
    else el.append(child instanceof Node ? child : String(child));
  }
}

// A colour from the data, or null when it is not #RRGGBB.
export const colour = (text) => (/^#[0-9a-f]{6}$/i.test(text ?? '') ? text : null);

// Only web addresses become links.
export const webAddress = (text) => (/^https?:\/\//i.test(text ?? '') ? text : null);
