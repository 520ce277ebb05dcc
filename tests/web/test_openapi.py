"""The served description, checked against real answers: every operation, every property."""
import json
import re
import urllib.parse

import yaml

from province import Province, check, equal, run

TYPES = {"number": float, "string": str, "integer": int, "boolean": bool, "array": list, "object": dict, "null": type(None)}
FORMATS = {"date": r"\d{4}-\d\d-\d\d$", "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$"}


HELD = "09000000000000000000000000000000"


# There are none in this province; server_anomalies has them.
EMPTY = {"/api/v1/anomalies", "/api/v1/corrections", "/api/v1/signals"}


def said(decision):
    return {"decision": decision, "reason": "sudah diperiksa"}


class Description:
    """As much of JSON Schema as the description uses; a keyword beyond that is an error."""

    KNOWN = {"type", "properties", "required", "items", "enum", "pattern", "format", "minimum", "maximum", "default",
             "description", "allOf", "oneOf", "$ref", "additionalProperties", "minItems", "maxItems", "uniqueItems"}

    def __init__(self, text):
        self.all = yaml.safe_load(text)

    def follow(self, node):
        while isinstance(node, dict) and "$ref" in node:
            target = self.all
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def fits(self, schema, value, where):
        schema = self.follow(schema)
        check(set(schema) <= self.KNOWN, f"{where}: keywords {set(schema) - self.KNOWN}")
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        check(not kinds or any(type(value) is TYPES[kind] for kind in kinds), f"{where}: {value!r} is no {kinds}")
        check("enum" not in schema or value in schema["enum"], f"{where}: {value!r} is none of {schema.get('enum')}")
        if isinstance(value, str):
            pattern = schema.get("pattern") or FORMATS.get(schema.get("format"), "")
            check(re.match(pattern, value), f"{where}: {value!r} does not match {pattern}")
        for part in schema.get("allOf", []):
            self.fits(part, value, where)
        if "oneOf" in schema:
            check(any(self.accepts(part, value, where) for part in schema["oneOf"]), f"{where}: {value!r} fits none")
        if isinstance(value, list) and "items" in schema:
            for i, item in enumerate(value):
                self.fits(schema["items"], item, f"{where}[{i}]")
        if isinstance(value, dict) and "properties" in schema:
            missing = set(schema.get("required", [])) - set(value)
            check(not missing, f"{where}: without {missing}")
            for name in value.keys() & schema["properties"].keys():
                self.fits(schema["properties"][name], value[name], f"{where}.{name}")
            if "required" in schema and "errors" not in schema["properties"]:
                unknown = value.keys() - schema["properties"].keys()
                more = schema.get("additionalProperties")
                check(not unknown or schema["properties"].keys() == {"rule", "text"} or isinstance(more, dict),
                      f"{where}: {unknown} undescribed")
                for name in unknown if isinstance(more, dict) else ():
                    self.fits(more, value[name], f"{where}.{name}")

    def accepts(self, schema, value, where):
        try:
            self.fits(schema, value, where)
        except AssertionError:
            return False
        return True

    def response(self, path, method, status):
        responses = self.all["paths"][path][method]["responses"]
        described = self.follow(responses.get(str(status)) or responses["default"])
        return next(iter(described["content"].values())).get("schema", {})


def the_description_is_served_and_whole(province):
    status, headers, text = province.ask("GET", "/api/v1/openapi.yaml")
    equal((status, headers["Content-Type"]), (200, "application/yaml"))
    described = Description(text)
    equal(described.all["openapi"], "3.1.0")
    seen = set()
    for path, item in described.all["paths"].items():
        names = set(re.findall(r"\{(\w+)\}", path))
        given = {described.follow(p)["name"] for p in item.get("parameters", [])}
        equal(given, names, path)
        for method, operation in item.items():
            if method == "parameters":
                continue
            check(operation["operationId"] not in seen, "an operationId twice")
            seen.add(operation["operationId"])
            check("200" in operation["responses"] or "201" in operation["responses"], path)
    references = re.findall(r'\$ref: "([^"]+)"', text.decode())
    check(len(references) > 20 and all(described.follow({"$ref": r}) for r in references), "a reference to nothing")


def answers_are_as_described(province):
    described = Description(province.ask("GET", "/api/v1/openapi.yaml")[2])
    order = {"person": 111111, "terminal": "t-bkd-1", "finger": "right-index"}
    enrolment = province.rest("bkd", "POST", "/api/v1/enrolments", order)[1]["id"]
    give = {"account": "atasan", "role": "OPERATOR", "unit": "BKD-UMUM", "decree": "800/12"}
    given = [province.rest("bkd", "POST", "/api/v1/grants", give)[1]["id"] for _ in range(2)]
    deputy = {"deputy": "atasan", "from": "2025-03-03", "to": "2025-03-07", "reason": "cuti"}
    delegated = province.rest("bkd", "POST", "/api/v1/delegations", deputy)[1]["id"]
    move = {"person": 222222, "kind": "unit", "decree": "821/7", "tmt": "2025-03-01", "unit": "BKD-UMUM"}
    preview = "/api/v1/mutation-preview?" + urllib.parse.urlencode(move)
    outage = {"place": "lobi-bkd", "from": "2025-02-03T06:00:00+07:00", "to": "2025-02-03T10:00:00+07:00",
              "cause": "listrik padam", "evidence": "surat PLN"}
    missed = {"date": "2025-03-03", "slot": "pulang", "reason": "mesin rusak"}
    asked = set()
    for method, path, target, status, body in (
            ("get", "/api/v1/people", "/api/v1/people", 200, None),
            ("get", "/api/v1/people", "/api/v1/people?terminal=t-bkd-1&limit=200", 200, None),
            ("get", "/api/v1/people", "/api/v1/people?limit=x", 422, None),
            ("get", "/api/v1/people/{id}", "/api/v1/people/111111", 200, None),
            ("get", "/api/v1/people/{id}", "/api/v1/people/999999", 404, None),
            ("get", "/api/v1/people/{id}/days", "/api/v1/people/111111/days?from=2025-02-01&to=2025-03-03", 200, None),
            ("get", "/api/v1/people/{id}/days", "/api/v1/people/111111/days?from=2025-03-03&to=2025-02-01", 422, None),
            ("post", "/api/v1/enrolments", "/api/v1/enrolments", 201, order),
            ("post", "/api/v1/enrolments", "/api/v1/enrolments", 422, {**order, "finger": "nose"}),
            ("get", "/api/v1/enrolments/{id}", f"/api/v1/enrolments/{enrolment}", 200, None),
            ("post", "/api/v1/enrolments/{id}/cancel", f"/api/v1/enrolments/{enrolment}/cancel", 200, {}),
            ("get", "/api/v1/terminals", "/api/v1/terminals", 200, None),
            ("get", "/api/v1/punches", "/api/v1/punches", 200, None),
            ("get", "/api/v1/punches", "/api/v1/punches?person=333333&from=2025-02-01&to=2025-03-03", 200, None),
            ("get", "/api/v1/recaps", "/api/v1/recaps?kind=codes&month=2025-03&unit=BKD&limit=1", 200, None),
            ("get", "/api/v1/recaps", "/api/v1/recaps?kind=nothing", 422, None),
            ("get", "/api/v1/anomalies", "/api/v1/anomalies?kind=gone&month=2025-02", 200, None),
            ("get", "/api/v1/anomalies", "/api/v1/anomalies", 422, None),
            ("get", "/api/v1/claims", "/api/v1/claims", 200, None),
            ("post", "/api/v1/claims/{id}/decision", "/api/v1/claims/1-1/decision", 422, {"decision": "perhaps"}),
            ("post", "/api/v1/claims/{id}/decision", "/api/v1/claims/1-1/decision", 200, {"decision": "refused"}),
            ("get", "/api/v1/roster-requests", "/api/v1/roster-requests?limit=5", 200, None),
            ("post", "/api/v1/roster-requests/{id}/decision", "/api/v1/roster-requests/1/decision", 422,
             {"decision": "approved"}),
            ("post", "/api/v1/roster-requests/{id}/decision", "/api/v1/roster-requests/1/decision", 200,
             {"decision": "refused", "reason": "tidak benar"}),
            ("post", "/api/v1/roster-requests/{id}/decision", "/api/v1/roster-requests/1/decision", 404,
             {"decision": "refused", "reason": "tidak benar"}),
            ("get", "/api/v1/held", "/api/v1/held", 200, None),
            ("post", "/api/v1/held/{id}/decision", f"/api/v1/held/{HELD}/decision", 422, {"decision": "fraud"}),
            ("post", "/api/v1/held/{id}/decision", f"/api/v1/held/{HELD}/decision", 200, said("different")),
            ("post", "/api/v1/held/{id}/decision", f"/api/v1/held/{HELD}/decision", 409, said("different")),
            ("get", "/api/v1/reenrolments", "/api/v1/reenrolments?unit=DISDIK", 200, None),
            ("get", "/api/v1/pairs", "/api/v1/pairs", 200, None),
            ("post", "/api/v1/pairs/{id}/decision", "/api/v1/pairs/1-2/decision", 404, said("fraud")),
            ("post", "/api/v1/pairs/{id}/decision", "/api/v1/pairs/222222-333333/decision", 422,
             {**said("fraud"), "ends": 111111}),
            ("post", "/api/v1/pairs/{id}/decision", "/api/v1/pairs/222222-333333/decision", 200, said("fraud")),
            ("post", "/api/v1/pairs/{id}/decision", "/api/v1/pairs/222222-333333/decision", 409, said("fraud")),
            ("get", "/api/v1/backlogs", "/api/v1/backlogs", 200, None),
            ("post", "/api/v1/backlogs/{id}/decision", "/api/v1/backlogs/t-sma-1/decision", 200, said("accepted")),
            ("get", "/api/v1/quarantine", "/api/v1/quarantine?limit=1", 200, None),
            ("post", "/api/v1/quarantine/{id}/decision", "/api/v1/quarantine/1-1/decision", 422, said("accepted")),
            ("post", "/api/v1/quarantine/{id}/decision", "/api/v1/quarantine/1-1/decision", 200,
             {**said("accepted"), "at": "2025-03-02T07:00:00+07:00"}),
            ("get", "/api/v1/alarms", "/api/v1/alarms", 200, None),
            ("get", "/api/v1/alarms", "/api/v1/alarms?cursor=x", 422, None),
            ("post", "/api/v1/alarms/{id}/decision", "/api/v1/alarms/1/decision", 200, said("ended")),
            ("post", "/api/v1/alarms/{id}/decision", "/api/v1/alarms/1/decision", 404, said("ended")),
            ("get", "/api/v1/decisions", "/api/v1/decisions", 200, None),
            ("get", "/api/v1/delegations", "/api/v1/delegations", 200, None),
            ("post", "/api/v1/delegations", "/api/v1/delegations", 201, deputy),
            ("post", "/api/v1/delegations", "/api/v1/delegations", 422, {**deputy, "deputy": "pegawai"}),
            ("post", "/api/v1/delegations", "/api/v1/delegations", 422, {**deputy, "reason": ""}),
            ("post", "/api/v1/delegations/{id}/end", f"/api/v1/delegations/{delegated}/end", 200, {}),
            ("post", "/api/v1/delegations/{id}/end", f"/api/v1/delegations/{delegated}/end", 404, {}),
            ("get", "/api/v1/grants", "/api/v1/grants?unit=BKD", 200, None),
            ("get", "/api/v1/grants", "/api/v1/grants?limit=2", 200, None),
            ("post", "/api/v1/grants", "/api/v1/grants", 201, {**give, "from": "2025-03-04", "to": "2025-03-31"}),
            ("post", "/api/v1/grants", "/api/v1/grants", 422, {**give, "role": "RAJA"}),
            ("post", "/api/v1/grants", "/api/v1/grants", 422, {**give, "account": "bkd2"}),
            ("post", "/api/v1/grants", "/api/v1/grants", 403, {**give, "account": "bkd"}),
            ("post", "/api/v1/grants", "/api/v1/grants", 422, {**give, "decree": None}),
            ("get", "/api/v1/grants/{id}", f"/api/v1/grants/{given[0]}", 200, None),
            ("get", "/api/v1/grants/{id}", "/api/v1/grants/1", 404, None),
            ("post", "/api/v1/grants/{id}/limit", f"/api/v1/grants/{given[0]}/limit", 200, {"to": "2025-03-10"}),
            ("post", "/api/v1/grants/{id}/limit", f"/api/v1/grants/{given[0]}/limit", 422, {"to": "2025-03-11"}),
            ("post", "/api/v1/grants/{id}/end", f"/api/v1/grants/{given[1]}/end", 200, {}),
            ("post", "/api/v1/grants/{id}/end", f"/api/v1/grants/{given[1]}/end", 404, {}),
            ("get", "/api/v1/people/{id}/evidence", "/api/v1/people/222222/evidence?date=2025-03-02", 200, None),
            ("get", "/api/v1/people/{id}/evidence", "/api/v1/people/111111/evidence", 200, None),
            ("get", "/api/v1/chains", "/api/v1/chains?limit=1", 200, None),
            ("get", "/api/v1/log", "/api/v1/log?limit=3", 200, None),
            ("get", "/api/v1/mutation-preview", preview, 200, None),
            ("get", "/api/v1/mutation-preview", preview + "&rank=IX", 422, None),
            ("post", "/api/v1/mutations", "/api/v1/mutations", 400, move),
            ("get", "/api/v1/outages", "/api/v1/outages?state=open&from=2025-03-01&to=2025-03-03", 200, None),
            ("get", "/api/v1/outages", "/api/v1/outages?state=x", 422, None),
            ("post", "/api/v1/outages", "/api/v1/outages", 201, outage),
            ("post", "/api/v1/outages", "/api/v1/outages", 422, outage),
            ("post", "/api/v1/outages", "/api/v1/outages", 422, {**outage, "place": "none"}),
            ("get", "/api/v1/outages/{id}", "/api/v1/outages/1", 200, None),
            ("get", "/api/v1/outages/{id}", "/api/v1/outages/99", 404, None),
            ("post", "/api/v1/outages/{id}/decisions", "/api/v1/outages/1/decisions", 422, {"decision": "approved"}),
            ("post", "/api/v1/outages/{id}/decisions", "/api/v1/outages/1/decisions", 200,
             {"decision": "approved", "reason": "benar", "document": "BA 12"}),
            ("post", "/api/v1/outages/{id}/decisions", "/api/v1/outages/1/decisions", 409,
             {"decision": "approved", "reason": "benar"}),
            ("get", "/api/v1/outages/{id}/decisions", "/api/v1/outages/1/decisions", 200, None),
            ("get", "/api/v1/outage-places", "/api/v1/outage-places?from=2025-02-01&to=2025-03-03&min=1", 200, None),
            ("get", "/api/v1/outage-places", "/api/v1/outage-places?min=0", 422, None),
            ("get", "/api/v1/units", "/api/v1/units?date=2025-02-20", 200, None),
            ("get", "/api/v1/units", "/api/v1/units?date=x", 422, None),
            ("get", "/api/v1/corrections", "/api/v1/corrections?box=own", 200, None),
            ("get", "/api/v1/corrections", "/api/v1/corrections?box=x", 422, None),
            ("post", "/api/v1/corrections", "/api/v1/corrections", 404, missed),
            ("post", "/api/v1/corrections/slot", "/api/v1/corrections/slot", 422, {**missed, "unit": "none"}),
            ("post", "/api/v1/corrections/slot", "/api/v1/corrections/slot", 409, {**missed, "unit": "BKD"}),
            ("post", "/api/v1/corrections/{id}/decision", "/api/v1/corrections/99/decision", 404, {"decision": "approved"}),
            ("get", "/api/v1/signals", "/api/v1/signals?year=2025", 200, None),
            ("get", "/api/v1/signals", "/api/v1/signals?year=x", 422, None),
            ("post", "/api/v1/signals/{id}/answer", "/api/v1/signals/99/answer", 404, {}),
            ("get", "/api/v1/months", "/api/v1/months?month=2025-02", 200, None),
            ("get", "/api/v1/months", "/api/v1/months?month=x", 422, None),
            ("get", "/api/v1/months/{month}/{unit}", "/api/v1/months/2025-02/BKD", 200, None),
            ("post", "/api/v1/months/{month}/{unit}/submit", "/api/v1/months/2025-02/BKD/submit", 403, {"seen": 0}),
            *((("post", "/api/v1/months/{month}/{unit}/" + step, "/api/v1/months/2025-02/BKD/" + step, 409, {"seen": 0}))
              for step in ("sign", "lock", "pay", "reopen"))):
        got, answer = province.rest("bkd", method.upper(), target, body)
        equal(got, status, target)
        described.fits(described.response(path, method, status), answer, target)
        check(status != 200 or "items" not in answer or answer["items"] or path in EMPTY,
              f"{target} is empty: nothing was checked")
        asked.add((path, method))
    entered = [province.ask("POST", "/api/v1/mutations", json.dumps(move),
                            {"Content-Type": "application/json", "Idempotency-Key": "k-1"}, "bkd") for _ in range(2)]
    equal([status for status, _, _ in entered], [201, 201], "a mutation, sent twice")
    equal(entered[0][2], entered[1][2], "is entered once")
    for key, body, status in (("k-1", {**move, "decree": "821/8"}, 422), ("k-2", move, 409), ("k 3", move, 400)):
        got, _, answer = province.ask("POST", "/api/v1/mutations", json.dumps(body),
                                      {"Content-Type": "application/json", "Idempotency-Key": key}, "bkd")
        equal(got, status, key)
        described.fits(described.response("/api/v1/mutations", "post", status), json.loads(answer), key)
    described.fits(described.response("/api/v1/mutations", "post", 201), json.loads(entered[0][2]), "a mutation")
    all_operations = {(path, method) for path, item in described.all["paths"].items()
                      for method in item if method != "parameters"}
    equal(all_operations - asked, {("/api/v1/openapi.yaml", "get")}, "operations not asked for")


with Province() as running:
    run([the_description_is_served_and_whole, answers_are_as_described], running)
