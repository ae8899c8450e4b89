/**
 * Sign up without leaving the page.
 *
 * The form works without this. Here its answer, a page like any other, is fetched, and what it says
 * takes the place of the box: the next step, or the form with what is wrong with it.
 */

/** The part of an answer that belongs into a box, or null. */
function partFor(slug, page) {
    return page.querySelector(`[data-sign-up-answer="${slug}"], [data-sign-up-section="${slug}"]`);
}

/** Give a fetched part's heading the level that the box's heading has. */
function relevel(part, level) {
    const heading = part.querySelector("h1, h2, h3");
    if (!heading || !level || heading.localName === level) return;
    const renamed = document.createElement(level);
    renamed.id = heading.id;
    renamed.append(...heading.childNodes);
    heading.replaceWith(renamed);
}

async function send(event) {
    const form = event.target;
    const box = form.closest("[data-sign-up-section]");
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    try {
        const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const part = partFor(box.dataset.signUpSection, page);
        if (!part) throw new Error(`Status ${response.status}`);
        relevel(part, box.querySelector("h1, h2, h3")?.localName);
        const fresh = document.adoptNode(part);
        box.replaceWith(fresh);
        enhance(fresh);
        const places = [".sign-up-error", "[aria-invalid=true]", "h1, h2, h3"];
        const place = places.map((selector) => fresh.querySelector(selector)).find(Boolean);
        if (!place.matches("input")) place.tabIndex = -1;
        place.focus();
    } catch {
        // No answer, or none of ours: the form goes the way it would have gone without us.
        form.removeEventListener("submit", send);
        form.requestSubmit();
    }
}

function enhance(box) {
    box.querySelector("[data-sign-up-form]")?.addEventListener("submit", send);
}

document.querySelectorAll("[data-sign-up-section]").forEach(enhance);
