// Draws each table that asks for it as bars, above the table; the table stays for who reads it.
"use strict";

const style = getComputedStyle(document.documentElement);
const ink = style.getPropertyValue("--hd-ink").trim();
const bar = style.getPropertyValue("--hd-brand").trim();
const line = style.getPropertyValue("--hd-line").trim();

for (const table of document.querySelectorAll("table[data-grafik]")) {
	const rows = [...table.tBodies[0].rows];
	const box = document.createElement("div");
	const canvas = document.createElement("canvas");
	box.className = "hd-chart";
	canvas.setAttribute("role", "img");
	canvas.setAttribute("aria-label", `Grafik ${table.dataset.grafik}; angkanya ada di tabel di bawahnya`);
	box.append(canvas);
	table.parentElement.before(box);
	const axis = { ticks: { color: ink }, grid: { color: line } };
	new Chart(canvas, {
		type: "bar",
		data: {
			labels: rows.map((row) => row.cells[0].textContent),
			datasets: [{ data: rows.map((row) => Number(row.cells[1].dataset.n)), backgroundColor: bar, maxBarThickness: 48 }],
		},
		options: {
			animation: false,
			maintainAspectRatio: false,
			plugins: { legend: { display: false } },
			scales: { x: axis, y: { ...axis, beginAtZero: true, ticks: { color: ink, precision: 0 } } },
		},
	});
}
