"""Every golden page is valid HTML; and what is no valid HTML is found."""
import pathlib
import sys

from html_check import faults

BAD = {
    "a list of paragraphs": "<ul><p>x</p></ul>",
    "a block within a paragraph": "<p><div>x</div></p>",
    "an unknown element": "<center>x</center>",
    "an unknown attribute": '<p align="left">x</p>',
    "an id twice": '<p id="a">x</p><p id="a">y</p>',
    "a label for nothing": '<label for="b">x</label>',
    "a field without a label": '<input type="text" name="a">',
    "a link within a link": '<button type="button"><a href="/">x</a></button>',
    "a target that is not there": '<a href="#none">x</a>',
    "a heading that skips a level": "<h3>x</h3>",
    "an end without a beginning": "</section>",
    "a table's head without scope": "<table><tbody><tr><th>x</th></tr></tbody></table>",
}
FRAME = '<!doctype html><html lang="id"><head><title>x</title></head><body><h1>x</h1>{}</body></html>'

wrong = [f"not found: {what}" for what, part in BAD.items() if not faults(FRAME.format(part))]
wrong += [f"found: {fault}" for fault in faults(FRAME.format("<p>x</p>"))]
pages = sorted(pathlib.Path(sys.argv[1]).glob("*.html"))
for page in pages:
    wrong += [f"{page.name}: {fault}" for fault in faults(page.read_text())]
print("\n".join(wrong) or f"ok {len(pages)} pages")
sys.exit(bool(wrong) or len(pages) < 60)
