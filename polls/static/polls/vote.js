/**
 * Vote without leaving the page, and keep the figures fresh.
 *
 * The form works without this. Here its answer, a page like any other, is fetched, and the poll
 * in it takes the place of the poll that stands here; what it says is announced. Nothing is
 * remembered before a vote; after it, that this browser has voted.
 */

const REFRESH = 10_000; // milliseconds
const remembered = (slug) => `voted:${slug}`;

function recall(slug) {
    try {
        return localStorage.getItem(remembered(slug));
    } catch {
        return null; // storage may be closed to us
    }
}

function remember(slug) {
    try {
        localStorage.setItem(remembered(slug), "1");
    } catch {
        // Then the form is there again, and the server says that this reader has voted.
    }
}

/** The poll in a page that was fetched, or null. */
async function pollIn(response, slug) {
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector(`[data-poll="${slug}"]`);
}

/** Put what was fetched in the place of a poll, in its headings' level; returns it. */
function replace(poll, fetched) {
    const level = poll.querySelector(".poll-question")?.localName;
    const heading = fetched.querySelector(".poll-question");
    if (level && heading && heading.localName !== level) {
        const renamed = document.createElement(level);
        renamed.className = heading.className;
        renamed.append(...heading.childNodes);
        heading.replaceWith(renamed);
    }
    // A live region speaks of what changes in it, so it has to stand empty first.
    const said = fetched.querySelector("[data-message]");
    const words = said?.textContent ?? "";
    if (said) said.textContent = "";
    const fresh = document.adoptNode(fetched);
    poll.replaceWith(fresh);
    enhance(fresh);
    setTimeout(() => {
        const region = fresh.querySelector("[data-message]");
        if (region) region.textContent = words;
    }, 100);
    return fresh;
}

async function vote(event) {
    const form = event.target;
    const poll = form.closest("[data-poll]");
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    try {
        const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
        const fetched = await pollIn(response, poll.dataset.poll);
        if (!fetched) throw new Error(`Status ${response.status}`);
        if (response.ok) remember(poll.dataset.poll);
        const fresh = replace(poll, fetched);
        const place = fresh.querySelector(".poll-error, .poll-question");
        place.tabIndex = -1;
        place.focus({ preventScroll: !fresh.querySelector(".poll-error") });
    } catch {
        // No answer, or none of ours: the form goes the way it would have gone without us.
        form.removeEventListener("submit", vote);
        form.requestSubmit();
    }
}

/** Show the result to a browser that has voted, where the page, being everybody's, has the form. */
async function recallVote(poll) {
    const response = await fetch(poll.dataset.ownResultUrl);
    if (!response.ok || !new URL(response.url).pathname.endsWith("/result/")) return;
    const fetched = await pollIn(response, poll.dataset.poll);
    if (!fetched) return;
    fetched.querySelector("details")?.toggleAttribute("open", poll.querySelector("details")?.open ?? false);
    replace(poll, fetched);
}

const number = (count, unit) => `${count.toLocaleString("en-GB")} ${unit}${count === 1 ? "" : "s"}`;

async function refresh(poll) {
    if (document.hidden) return;
    const response = await fetch(poll.dataset.resultsUrl);
    const { result } = response.ok ? await response.json() : {};
    if (!result) return;
    for (const choice of result.choices) {
        const line = poll.querySelector(`[data-choice="${choice.id}"]`);
        if (!line) continue;
        line.querySelector("[data-share]").textContent = choice.share;
        line.querySelector("[data-votes]").textContent = number(choice.votes, "vote");
        line.querySelector("[data-bar]").setAttribute("width", `${choice.share}%`);
    }
    const unit = result.several ? "voter" : "vote";
    poll.querySelector("[data-ballots]").textContent = number(result.ballots, unit);
}

function enhance(poll) {
    poll.querySelector("[data-vote]")?.addEventListener("submit", vote);
    if (poll.dataset.ownResultUrl && recall(poll.dataset.poll)) recallVote(poll).catch(() => {});
    if (poll.dataset.resultsUrl) {
        const timer = setInterval(() => {
            if (poll.isConnected) refresh(poll).catch(() => {});
            else clearInterval(timer);
        }, REFRESH);
    }
}

document.querySelectorAll("[data-poll]").forEach(enhance);
