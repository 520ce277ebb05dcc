// Live boards: the server sends the board's HTML, already escaped, whenever it changed.
// Without this script the page works and reloads by itself once a minute.
"use strict";

// Puts only the parts in that differ: what one reads, or has the focus on, stays where it is.
const show = (board, html) => {
	const fresh = document.createElement("div");
	fresh.innerHTML = html;
	const now = [...board.children], next = [...fresh.children];
	if (now.length !== next.length) {
		board.replaceChildren(...next);
		return;
	}
	next.forEach((part, i) => {
		if (!part.isEqualNode(now[i]))
			now[i].replaceWith(part);
	});
};

for (const board of document.querySelectorAll("[data-aliran]")) {
	const lamp = document.querySelector("[data-langsung]");
	const say = (on) => {
		if (lamp === null)
			return;
		lamp.classList.toggle("hd-live-on", on);
		lamp.textContent = on ? "langsung" : "menyambung kembali";
	};
	const source = new EventSource(board.dataset.aliran);
	source.addEventListener("open", () => say(true));
	source.addEventListener("error", () => say(false));
	source.addEventListener("papan", (event) => show(board, event.data));
}

// A list that filters the page is sent as soon as something is chosen.
for (const choice of document.querySelectorAll("select[data-kirim]")) {
	choice.addEventListener("change", () => choice.form.submit());
	for (const button of choice.form.querySelectorAll("button:not([data-tetap])"))
		button.hidden = true;
}
