/* Build nodes. Whatever is data enters the page as text, never as markup. */

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** An element; attributes that are null or false are left out, children are nodes or text. */
function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);
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

/** Set custom properties, which a content security policy forbids as attributes. */
function styled(node, properties) {
  for (const [name, value] of Object.entries(properties)) node.style.setProperty(name, value);
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

/** Text with `code` in backquotes set as code. */
function prose(text) {
  return String(text ?? "")
    .split("`")
    .map((part, index) => (index % 2 ? el("code", {}, visible(part)) : visible(part)))
    .filter((part) => part !== "");
}

/** A code word that may break after dots, so that long paths fit a phone. */
function path(text) {
  const parts = visible(String(text)).split(/(?<=[._])/);
  return el("code", { class: "path" }, parts.flatMap((part) => [part, el("wbr")]).slice(0, -1));
}

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
  const button = el("button", { type: "button", class: "quiet copy" }, label);
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
