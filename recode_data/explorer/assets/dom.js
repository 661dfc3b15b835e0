/* Build nodes. Whatever is data enters the page as text, never as markup. */

/** An element; attributes that are null or false are left out, children are nodes or text. */
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  return fill(node, attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

/** Text that only screen readers meet. */
function spoken(text) {
  return el("span", { class: "visually-hidden" }, text);
}

/** Say something through the live region. */
function announce(text) {
  document.getElementById("status").textContent = text;
}

/** A code word that may break after dots, so that long paths fit a phone. */
function dotted(text) {
  const parts = visible(String(text)).split(/([._])/);
  return el("code", { class: "path" }, parts.map((part, n) => [part, n % 2 ? el("wbr") : null]));
}

const NUMBER = new Intl.NumberFormat("en");

/** `1 pair`, `2,000 pairs`. */
const counted = (count, noun) => `${NUMBER.format(count)} ${noun}${count === 1 ? "" : "s"}`;

const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Characters that hide themselves or turn the direction of writing, by their code points. */
function visible(text) {
  return text.replace(INVISIBLE, (char) => {
    const code = char.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

/** A button that copies `text()`, and says so. */
function copyButton(label, text) {
  const button = el("button", { type: "button", class: "copy" }, label);
  button.addEventListener("click", async () => {
    const done = await copyText(text());
    button.textContent = done ? "Copied" : "Not copied";
    announce(done ? "Copied to the clipboard" : "The browser refused to copy");
    setTimeout(() => (button.textContent = label), 1600);
  });
  return button;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyThroughSelection(text);
  }
}

/** Without a secure context, or where the page was refused the clipboard. */
function copyThroughSelection(text) {
  const area = el("textarea", { class: "visually-hidden", "aria-hidden": "true" });
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return done;
}
