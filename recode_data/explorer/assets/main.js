/* Start: show the view that the address names, and answer keys. */

const sections = [...document.querySelectorAll(".view")];
const lists = new Map(); // name → promise of its ListingView
let shownSection = null;

document.documentElement.classList.add("scripted");
showNamedSection(sections.find((section) => section.id === currentRoute().name) ?? sections[0]);
const listings = readBlock("listings");
const words = readBlock("words");

function showNamedSection(section) {
  const changed = shownSection !== section;
  shownSection = section;
  for (const other of sections) other.hidden = other !== section;
  for (const link of document.querySelectorAll("#nav a")) {
    if (link.hash === `#${section.id}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  return changed;
}

/** The list of a view, read when it is first asked for. */
function listOf(section) {
  if (!lists.has(section.id)) lists.set(section.id, readList(section));
  return lists.get(section.id);
}

async function readList(section) {
  const name = section.id;
  const collection = new Collection(name, await readBlock(name));
  const view = new ListingView(section, (await listings)[name], await words, collection);
  collection.readDetailTexts().then(() => {
    section.dataset.searchable = ""; // every word of every row is found from here on
    const { name: shown, filters } = currentRoute();
    if (shown === name && filters.q) view.showList(filters);
  });
  return view;
}

/** The list that has a row of this id, and the row's number. */
async function findRow(id) {
  for (const name of Object.keys(await listings)) {
    const section = document.getElementById(name);
    const row = (await listOf(section)).collection.find(id);
    if (row >= 0) return { section, row };
  }
  return null;
}

async function follow(first) {
  const { name, filters } = currentRoute();
  const section = sections.find((each) => each.id === name);
  if (section || !name) {
    await showView(section ?? sections[0], filters, first);
    return;
  }
  const element = document.getElementById(name);
  if (element) {
    reveal(element);
    return;
  }
  const found = await findRow(name);
  if (currentRoute().name !== name) return; // the reader has gone on
  if (found) await showRow(found.section, found.row, filters);
  else announce(`Nothing here is called ${visible(name)}`);
}

async function showView(section, filters, first) {
  const changed = showNamedSection(section);
  const view = section.id in (await listings) ? await listOf(section) : null;
  if (shownSection !== section) return;
  const opened = view?.opened;
  view?.showList(filters);
  document.title = `${section.querySelector("h1").textContent} · ${BRAND}`;
  if (first) return;
  const back = opened && view.rowLinks().find((link) => link.hash.startsWith(addressOf(opened)));
  if (view) view.opened = null;
  if (back) {
    back.focus();
  } else {
    window.scrollTo(0, 0);
    if (changed) section.querySelector("h1").focus({ preventScroll: true });
  }
}

async function showRow(section, row, filters) {
  showNamedSection(section);
  const view = await listOf(section);
  await view.showRow(row, filters);
  const heading = view.article.querySelector("h1");
  document.title = `${heading.textContent.trim()} · ${BRAND}`;
  window.scrollTo(0, 0);
  heading.focus({ preventScroll: true });
}

function reveal(element) {
  const section = element.closest(".view");
  if (section) showNamedSection(section);
  element.closest("details")?.setAttribute("open", "");
  element.scrollIntoView();
  element.focus();
}

// --- keys -----------------------------------------------------------------------------------------

const KEYS = {
  "/": () => inList((view) => focusSearch(view)),
  j: () => move(1),
  k: () => move(-1),
  Escape: () => shownSection.querySelector("article.row:not([hidden]) a[rel=up]")?.click(),
  "?": () => document.getElementById("keys").showModal(),
};

async function inList(act) {
  if (shownSection.id in (await listings)) act(await listOf(shownSection));
}

function focusSearch(view) {
  if (!view.article.hidden) view.article.querySelector("a[rel=up]").click();
  requestAnimationFrame(() => view.controls.get("q").focus());
}

/** Next or previous row: opened where one is open, focused in the list. */
function move(offset) {
  inList((view) => {
    if (!view.article.hidden) {
      view.article.querySelector(`a[rel=${offset > 0 ? "next" : "prev"}]`)?.click();
      return;
    }
    const links = view.rowLinks();
    const at = links.indexOf(document.activeElement);
    links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + offset))]?.focus();
  });
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const typing = event.target.matches("input, select, textarea");
  if (typing) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const view = sections[Number(event.key) - 1];
  const act = KEYS[event.key] ?? (view && (() => (location.hash = `#${view.id}`)));
  if (!act) return;
  event.preventDefault();
  act();
}

const BRAND = document.title;
document.addEventListener("keydown", onKey);
document.getElementById("keys-button").addEventListener("click", KEYS["?"]);
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address says which view is shown
  document.getElementById("main").focus();
});
window.addEventListener("hashchange", () => follow(false));
follow(true);
