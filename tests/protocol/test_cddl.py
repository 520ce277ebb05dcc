#!/usr/bin/env python3
"""hadir.cddl against the golden messages: what the programs read, the description describes, and what
they refuse for its shape or its bounds, it does not.  Reads as much of CDDL (RFC 8610) as the file
uses."""
import os
import re
import unittest

ROOT = os.environ.get("HADIR_SOURCE", os.path.join(os.path.dirname(__file__), "../.."))
FOLDER = os.path.join(ROOT, "protocol")

# ---------------------------------------------------------------- CBOR


class Refused(Exception):
    """Not the CBOR that we use."""


class Tag:
    def __init__(self, number, value):
        self.number, self.value = number, value


def read_item(data, at=0):
    """The item at `at` and where it ends.  Maps become lists of pairs, to keep order."""
    if at >= len(data):
        raise Refused("cut")
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        if info in (20, 21, 22):
            return (False, True, None)[info - 20], at
        raise Refused("simple or float")
    if info > 27:
        raise Refused("indefinite")
    size = (1, 2, 4, 8)[info - 24] if info >= 24 else 0
    value = int.from_bytes(data[at:at + size], "big") if size else info
    at += size
    if at > len(data):
        raise Refused("cut")
    if major < 2:
        return (value, -1 - value)[major], at
    if major < 4:
        if at + value > len(data):
            raise Refused("cut")
        piece = bytes(data[at:at + value])
        return (piece if major == 2 else piece.decode("utf-8")), at + value
    if major == 6:
        inner, at = read_item(data, at)
        return Tag(value, inner), at
    items = []
    for _ in range(value * (2 if major == 5 else 1)):
        item, at = read_item(data, at)
        items.append(item)
    return (items if major == 4 else dict_of(items)), at


def dict_of(items):
    pairs = list(zip(items[::2], items[1::2]))
    if len({repr(key) for key, _ in pairs}) != len(pairs):
        raise Refused("a key twice")
    return dict(pairs)


def read_sequence(data):
    items, at = [], 0
    while at < len(data):
        item, at = read_item(data, at)
        items.append(item)
    return items


# ---------------------------------------------------------------- CDDL

TOKEN = re.compile(r"""\s+|;[^\n]*|(?P<text>"[^"]*")|(?P<number>-?\d+)|(?P<tag>\#6\.\d+)"""
                   r"""|(?P<control>\.[a-z]+(?![.\d]))|(?P<op>\.\.|//|[/=:,?*()\[\]{}<>])"""
                   r"""|(?P<name>[a-zA-Z$@_][\w-]*)""")


def tokens_of(text):
    at, found = 0, []
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise SyntaxError("CDDL at: " + text[at:at + 30])
        if match.lastgroup:
            found.append((match.lastgroup, match.group()))
        at = match.end()
    return found + [("end", "")]


class Parser:
    """Rules as nested tuples: types ("range", a, b) …, groups ("group", [entries])."""

    def __init__(self, text):
        self.tokens, self.at, self.rules = tokens_of(text), 0, {}
        while self.peek() != "":
            name = self.take()
            parameters = self.names() if self.accept("<") else []
            self.expect("=")
            self.rules[name] = (parameters, self.type())

    def peek(self, ahead=0):
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)][1]

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1][1]

    def accept(self, text):
        if self.peek() == text and self.tokens[self.at][0] != "text":
            self.at += 1
            return True
        return False

    def expect(self, text):
        if not self.accept(text):
            raise SyntaxError(f"CDDL: {text} expected, not {self.peek()}")

    def names(self):
        found = [self.take()]
        while self.accept(","):
            found.append(self.take())
        self.expect(">")
        return found

    def type(self):
        choices = [self.type1()]
        while self.accept("/"):
            choices.append(self.type1())
        return choices[0] if len(choices) == 1 else ("choice", choices)

    def type1(self):
        first = self.type2()
        if self.accept(".."):
            return ("range", first[1], self.type2()[1])
        if self.tokens[self.at][0] == "control":
            return ("control", self.take(), first, self.type2())
        return first

    def type2(self):
        kind, text = self.tokens[self.at]
        if kind == "text":
            self.at += 1
            return ("literal", text[1:-1])
        if kind == "number":
            self.at += 1
            return ("literal", int(text))
        if kind == "tag":
            self.at += 1
            self.expect("(")
            inner = self.type()
            self.expect(")")
            return ("tag", int(text[3:]), inner)
        for opening, closing, name in (("{", "}", "map"), ("[", "]", "array"), ("(", ")", "group")):
            if self.accept(opening):
                group = self.group(closing)
                return (name, group) if name != "group" else self.parenthesis(group)
        self.at += 1
        arguments = []
        if self.accept("<"):
            arguments.append(self.type())
            while self.accept(","):
                arguments.append(self.type())
            self.expect(">")
        return ("name", text, arguments)

    @staticmethod
    def parenthesis(group):
        """(a..b) is a type, (salt: x, y: z) a group."""
        if len(group) == 1 and len(group[0]) == 1 and group[0][0][:3] == (1, 1, None):
            return group[0][0][3]
        return ("group", group)

    def group(self, closing):
        """Alternatives, each a list of entries (least, most, key, type)."""
        alternatives, entries = [], []
        while not self.accept(closing):
            if self.accept("//"):
                alternatives.append(entries)
                entries = []
                continue
            entries.append(self.entry())
            self.accept(",")
        return alternatives + [entries]

    def occurrence(self):
        if self.accept("?"):
            return 0, 1
        if self.peek(1) == "*" and self.tokens[self.at][0] == "number":
            least = int(self.take())
            self.expect("*")
            return least, (int(self.take()) if self.tokens[self.at][0] == "number" else None)
        if self.accept("*"):
            return 0, None
        return 1, 1

    def entry(self):
        least, most = self.occurrence()
        first = self.type()
        if self.accept(":"):
            key = ("literal", first[1]) if first[0] != "literal" else first
            return (least, most, key, self.type())
        if self.accept("=") and self.peek() == ">":
            self.take()
            return (least, most, first, self.type())
        return (least, most, None, first)


class Checker:
    def __init__(self, rules):
        self.rules = rules

    def matches(self, name, value):
        return self.type(("name", name, []), value, {})

    def resolve(self, type_, bound):
        """What a name stands for, and the names bound inside it."""
        while type_[0] == "name":
            _, name, arguments = type_
            if name in bound:
                type_, bound = bound[name]
                continue
            if name not in self.rules:
                break
            parameters, body = self.rules[name]
            bound = {p: (a, bound) for p, a in zip(parameters, arguments)}
            type_ = body
        return type_, bound

    def type(self, type_, value, bound):
        type_, bound = self.resolve(type_, bound)
        check = getattr(self, "is_" + type_[0])
        return check(type_, value, bound)

    def is_name(self, type_, value, _):
        plain = {
            "any": lambda v: True,
            "bool": lambda v: isinstance(v, bool),
            "null": lambda v: v is None,
            "bytes": lambda v: isinstance(v, bytes),
            "text": lambda v: isinstance(v, str) and not re.search("[\x00-\x1f\x7f-\x9f]", v),
            "int": self.is_integer,
        }
        if type_[1] not in plain:
            raise SyntaxError("CDDL: no rule " + type_[1])
        return plain[type_[1]](value)

    @staticmethod
    def is_integer(value):
        return isinstance(value, int) and not isinstance(value, bool)

    def is_literal(self, type_, value, _):
        return type(value) is type(type_[1]) and value == type_[1]

    def is_range(self, type_, value, _):
        return self.is_integer(value) and type_[1] <= value <= type_[2]

    def is_choice(self, type_, value, bound):
        return any(self.type(one, value, bound) for one in type_[1])

    def is_tag(self, type_, value, bound):
        return isinstance(value, Tag) and value.number == type_[1] and self.type(type_[2], value.value, bound)

    def is_control(self, type_, value, bound):
        _, control, target, argument = type_
        if not self.type(target, value, bound):
            return False
        if control == ".size":
            size = len(value if isinstance(value, bytes) else value.encode())
            return self.type(argument, size, bound)
        if control == ".regexp":
            return re.fullmatch(argument[1], value) is not None
        try:
            if control == ".cborseq":
                return self.type(argument, read_sequence(value), bound)
            item, end = read_item(value)
        except (Refused, UnicodeDecodeError):
            return False
        return control == ".cbor" and end == len(value) and self.type(argument, item, bound)

    def is_array(self, type_, value, bound):
        return isinstance(value, list) and len(value) in self.eat(type_[1], value, 0, bound)

    def eat(self, alternatives, items, at, bound):
        """Where a group can end that begins at `at`."""
        ends = set()
        for entries in alternatives:
            here = {at}
            for entry in entries:
                here = set().union(*(self.eat_entry(entry, items, one, bound) for one in here))
            ends |= here
        return ends

    def eat_entry(self, entry, items, at, bound):
        least, most, _, type_ = entry
        ends, here, n = ({at} if least == 0 else set()), {at}, 0
        while here and (most is None or n < most):
            here, n = set().union(*(self.eat_one(type_, items, one, bound) for one in here)), n + 1
            if n >= least:
                ends |= here
        return ends

    def eat_one(self, type_, items, at, bound):
        inner, inner_bound = self.resolve(type_, bound)
        if inner[0] == "group":
            return self.eat(inner[1], items, at, inner_bound)
        return {at + 1} if at < len(items) and self.type(inner, items[at], inner_bound) else set()

    def is_map(self, type_, value, bound):
        if not isinstance(value, dict):
            return False
        left, wild = dict(value), []
        for least, most, key, inner in type_[1][0]:
            if key is None:  # a group, such as `extension`
                group, _ = self.resolve(inner, bound)
                wild += [(k, t) for _, _, k, t in group[1][0]]
            elif key[0] == "literal" and most == 1:
                if key[1] in left:
                    if not self.type(inner, left.pop(key[1]), bound):
                        return False
                elif least == 1:
                    return False
        return all(any(self.type(k, key, bound) and self.type(t, one, bound) for k, t in wild)
                   for key, one in left.items())


# ---------------------------------------------------------------- the golden messages

BODIES = {1: "open", 2: "boot", 3: "stop", 4: "alive", 5: "clock-step", 6: "sensor-lost", 7: "sensor-back",
          8: "network-lost", 9: "network-back", 10: "tamper", 11: "admin", 12: "enrolment", 13: "reserve",
          14: "roster", 20: "punch", 21: "unrecognised", 22: "claim", 23: "fingerless", 24: "approval",
          25: "code"}
COMMANDS = {1: "enrol", 2: "enrol-cancel", 3: "enrol-answer", 4: "claim-answer", 5: "certificate",
            6: "keys", 7: "revoked", 8: "resync", 9: "code"}
ENVELOPES = ["up-health", "up-enrol", "up-want", "up-join", "down-receipt", "down-roster", "down-command"]

# Rules that tie two fields to each other, or two bytes to a meaning, are prose in the description.
PROSE = {"envelope-service-name", "join-renewal-with-proof", "join-without-proof", "join-compressed",
         "enrol-capturing-templates", "enrol-done-no-event", "roster-backwards", "command-leaf-count",
         "command-keys-point", "sealed-point", "events-one-more"}


def vectors():
    with open(os.path.join(FOLDER, "vectors", "index"), encoding="utf-8") as index:
        for line in index:
            if line.startswith("#"):
                continue
            file, message, result, _ = line.rstrip("\n").split("\t")
            with open(os.path.join(FOLDER, "vectors", file + ".hex"), encoding="ascii") as text:
                yield file, message, result, bytes.fromhex(text.read())


class Described(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(os.path.join(FOLDER, "hadir.cddl"), encoding="utf-8") as text:
            cls.parser = Parser(text.read())
        cls.checker = Checker(cls.parser.rules)

    def described(self, message, data):
        checker = self.checker
        if message == "events":
            return checker.matches("up-events", data)
        try:
            item, end = read_item(data)
        except (Refused, UnicodeDecodeError):
            return False
        if end != len(data):
            return False
        if message == "envelope":
            return any(checker.matches(name, item) for name in ENVELOPES)
        if message.startswith("body "):
            return checker.matches(BODIES[int(message[5:])] + "-body", item)
        if message == "header":
            return checker.matches("event-header", item)
        good = checker.matches(message, item)
        if message == "command" and good and item[2] in COMMANDS:
            good = checker.matches(COMMANDS[item[2]] + "-command", item[3])
        return good

    def test_every_vector(self):
        n = 0
        for file, message, result, data in vectors():
            with self.subTest(file=file):
                # a signature or a chain is not a matter of form; deterministic form is prose
                if result in ("signature", "chain", "malformed") or file in PROSE:
                    continue
                if file.startswith("events-without-"):
                    continue
                self.assertEqual(self.described(message, data), result == "good")
                n += 1
        self.assertGreater(n, 90)

    def test_every_rule_is_defined_and_used(self):
        used = set(ENVELOPES) | {"up-events", "seal-aad", "sealed"}
        used |= {name + "-body" for name in BODIES.values()}
        used |= {name + "-command" for name in COMMANDS.values()}
        text = repr(self.parser.rules)
        used |= set(re.findall(r"\('name', '([^']+)'", text))
        plain = {"any", "bool", "null", "bytes", "text", "int", "header", "payload", "typ"}
        self.assertEqual(set(self.parser.rules) - used, set())
        self.assertEqual(used - set(self.parser.rules) - plain, set())

    def test_bounds_are_those_of_the_headers(self):
        """The numbers that both name."""
        def constant(file, name):
            with open(os.path.join(FOLDER, file), encoding="utf-8") as text:
                value = re.search(rf"#define {name}\s+(\S+)", text.read()).group(1)
            return int(re.sub(r"^INT64_C|\D", "", value))

        def described(pattern):
            with open(os.path.join(FOLDER, "hadir.cddl"), encoding="utf-8") as text:
                return int(re.search(pattern, text.read()).group(1))

        for file, name, pattern in [
                ("ids.h", "PERSON_ID_MAX", r"person\s+= 1\.\.(\d+)"),
                ("ids.h", "TERMINAL_ID_MAX", r"\{3,(\d+)\}"),
                ("codec.h", "WIRE_TIME_MAX", r"time-ms\s+= 0\.\.(\d+)"),
                ("event.h", "EVENT_TEXT_MAX", r"label\s+= text \.size \(0\.\.(\d+)\)"),
                ("event.h", "EVENT_NUMBER_MAX", r"\{1,(\d+)\}"),
                ("event.h", "EVENT_BATCH_MAX", r"1\*(\d+) event-bytes"),
                ("event.h", "EVENT_SIZE_MAX", r"At most (\d+) bytes"),
                ("event.h", "EVENT_REFERENCES_MAX", r"0\*(\d+) \{\n        1: finger,\n        2: hash"),
                ("want.h", "JOIN_CSR_MAX", r"3: bytes \.size \(1\.\.(\d+)\), ; PKCS"),
                ("roster.h", "ROSTER_NAME_MAX", r"name\s+= text \.size \(1\.\.(\d+)\)"),
                ("roster.h", "ROSTER_SCHEDULES_MAX", r"\? 5: \[0\*(\d+) \{\n        1: 1"),
                ("roster.h", "ROSTER_WINDOWS_MAX", r"2: \[0\*(\d+) \{\s+; half"),
                ("roster.h", "ROSTER_ENTRIES_MAX", r"\? 6: \[0\*(\d+)"),
                ("roster.h", "ROSTER_ENTRIES_MAX", r"\? 7: \[0\*(\d+) person"),
                ("roster.h", "ROSTER_REFERENCES_MAX", r"\? 7: \[0\*(\d+) \{"),
                ("roster.h", "ROSTER_SEALED_MAX", r"size \(1\.\.(\d+)\), ; sealed to this"),
                ("enrol.h", "ENROL_SEALED_MAX", r"size \(1\.\.(\d+)\), ; sealed to the vault"),
                ("command.h", "COMMAND_FINGERS_MAX", r"6: \[1\*(\d+) finger"),
                ("command.h", "COMMAND_CERTIFICATES_MAX", r"1: \[1\*(\d+) bytes"),
                ("command.h", "COMMAND_CERTIFICATE_SIZE_MAX", r"1\*4 bytes \.size \(1\.\.(\d+)\)"),
                ("seal.h", "SEAL_CIPHERTEXT_MAX", r"\(17\.\.(\d+)\)")]:
            with self.subTest(name=name):
                self.assertEqual(constant(file, name), described(pattern))


if __name__ == "__main__":
    unittest.main()
