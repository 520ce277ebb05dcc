"""What is wrong with a page: parsed strictly as WHATWG says (html5lib), then elements, attributes, references, labels."""
import html5lib

HTML = "{http://www.w3.org/1999/xhtml}"
GLOBAL = {"class", "id", "title", "lang", "hidden", "tabindex", "role", "autofocus"}
# Elements the pages use, and what each may say besides.
ATTRIBUTES = {
    "html": (), "head": (), "title": (), "body": (), "header": (), "footer": (), "main": (), "nav": (), "section": (), "article": (),
    "div": (), "span": (), "p": (), "b": (), "i": (), "em": (), "strong": (), "small": (), "br": (), "code": (), "hr": (),
    "h1": (), "h2": (), "h3": (), "ul": (), "ol": ("start",), "li": (), "dl": (), "dt": (), "dd": (), "noscript": (),
    "meta": ("charset", "name", "content", "http-equiv"), "link": ("rel", "href"), "script": ("src", "defer"),
    "a": ("href", "rel", "download"), "img": ("src", "alt", "width", "height"), "time": ("datetime",), "abbr": (),
    "form": ("method", "action", "enctype"), "label": ("for",), "fieldset": (), "legend": (), "datalist": (),
    "input": ("type", "name", "value", "required", "checked", "maxlength", "minlength", "autocomplete", "autocapitalize",
              "inputmode", "pattern", "list", "min", "max", "step", "placeholder", "spellcheck", "readonly"),
    "textarea": ("name", "rows", "maxlength", "required", "autocomplete", "spellcheck"),
    "select": ("name", "required"), "option": ("value", "selected"), "optgroup": ("label",),
    "button": ("type", "name", "value", "formaction"), "details": ("open",), "summary": (),
    "table": (), "caption": (), "thead": (), "tbody": (), "tfoot": (), "tr": (),
    "th": ("scope", "colspan", "rowspan"), "td": ("colspan", "rowspan", "headers"),
}
CHILDREN = {"ul": {"li"}, "ol": {"li"}, "tr": {"th", "td"}, "thead": {"tr"}, "tbody": {"tr"}, "datalist": {"option"},
            "select": {"option", "optgroup"}, "dl": {"div", "dt", "dd"}}
INTERACTIVE = {"a", "button", "input", "select", "textarea", "label", "details"}
REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list")


def name_of(element):
    return element.tag.removeprefix(HTML) if isinstance(element.tag, str) else "comment"


def text_of(element):
    return "".join(element.itertext()).strip()


class Page:
    def __init__(self, text):
        self.wrong = []
        parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=True)
        self.tree = parser.parse(text)
        self.wrong += [f"line {at[0]}: {code} {data}" for at, code, data in parser.errors]
        self.all = list(self.tree.iter())
        self.ids = [e.get("id") for e in self.all if e.get("id") is not None]
        self.labels = {e.get("for") for e in self.all if name_of(e) == "label"}
        self.look(self.tree, ())
        self.look_at_whole()

    def say(self, element, text):
        self.wrong.append(f"<{name_of(element)} {element.get('id') or element.get('name') or ''}> {text}")

    def look(self, element, above):
        name = name_of(element)
        if name not in ATTRIBUTES:
            self.say(element, "is no element of ours")
            return
        for attribute in element.keys():
            if attribute not in GLOBAL and attribute not in ATTRIBUTES[name] and not attribute.startswith(("aria-", "data-")):
                self.say(element, f"has {attribute}")
        if name in INTERACTIVE and name != "label" and any(at in INTERACTIVE - {"label"} for at in above):
            self.say(element, f"within {above}")
        for child in element:
            if name in CHILDREN and name_of(child) not in CHILDREN[name]:
                self.say(child, f"within <{name}>")
        self.look_at(name, element)
        for child in element:
            self.look(child, (*above, name))

    def look_at(self, name, element):
        for attribute in REFERENCES:
            for target in (element.get(attribute) or "").split():
                if target not in self.ids:
                    self.say(element, f"{attribute} names nothing: {target}")
        href = element.get("href") or ""
        if href.startswith("#") and len(href) > 1 and href[1:] not in self.ids:
            self.say(element, f"leads nowhere: {href}")
        if name in ("input", "select", "textarea") and element.get("type") != "hidden" \
                and element.get("id") not in self.labels and not element.get("aria-label"):
            self.say(element, "has no label")
        if name in ("a", "button") and not text_of(element) and not element.get("aria-label"):
            self.say(element, "has no text")
        if name == "button" and element.get("type") is None:
            self.say(element, "has no type")
        if name == "img" and element.get("alt") is None:
            self.say(element, "has no alt")
        if name == "th" and element.get("scope") is None:
            self.say(element, "has no scope")
        if int(element.get("tabindex") or 0) > 0:
            self.say(element, "has an order of its own")
        if element.get("aria-invalid") and f"{element.get('id')}-salah" not in (element.get("aria-describedby") or ""):
            self.say(element, "does not say what is wrong with it")

    def look_at_whole(self):
        for twice in {i for i in self.ids if self.ids.count(i) > 1}:
            self.wrong.append(f"id {twice} twice")
        headings = [int(name_of(e)[1]) for e in self.all if name_of(e) in ("h1", "h2", "h3")]
        if headings.count(1) != 1 or any(b > a + 1 for a, b in zip(headings, headings[1:])):
            self.wrong.append(f"headings {headings}")
        if self.tree.get("lang") != "id" or not any(name_of(e) == "title" and text_of(e) for e in self.all):
            self.wrong.append("language or title")


def faults(text):
    return Page(text).wrong
