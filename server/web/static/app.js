// Live boards: the server sends the board's HTML, already escaped, whenever it changed.
// Without this script the page works and reloads by itself once a minute.
"use strict";

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
	source.addEventListener("papan", (event) => {
		board.innerHTML = event.data;
	});
}

// A list that filters the page is sent as soon as something is chosen.
for (const choice of document.querySelectorAll("select[data-kirim]")) {
	choice.addEventListener("change", () => choice.form.submit());
	choice.form.querySelector("button").hidden = true;
}
