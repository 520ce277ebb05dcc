"""What was done to the system and what it answered, one JSON line each, in the order of the clock."""
import json
import threading
import time


class OperationLog:
    def __init__(self, path):
        self.path = path
        self.lock = threading.Lock()
        self.file = open(path, "a", encoding="utf-8")

    def write(self, what, **facts):
        """Gives the entry; `at_ms` is when it was written."""
        entry = {"at_ms": int(time.time() * 1000), "what": what, **facts}
        with self.lock:
            self.file.write(json.dumps(entry) + "\n")
            self.file.flush()
        return entry

    def entries(self, what=None):
        with open(self.path, encoding="utf-8") as file:
            found = [json.loads(line) for line in file]
        return [entry for entry in found if what in (None, entry["what"])]
