"""Whether the time of an answer tells who has an account: python3 scripts/lib/equal_time.py <host:port> <known address>

Asks `POST /api/auth/forgot-password` for an address that has an account and for one that has none, in turn and in
random order within each pair, over one connection, and prints the medians and how far apart they are, beside how far
apart two halves of the same kind are: a difference no larger than that tells nothing. The edge needs RATE_LIMIT_MAX=0.
"""

import http.client
import json
import random
import statistics
import sys
import time

PAIRS = 2000
WARM_UP = 100


def ask(edge, address):
    body = json.dumps({"email": address})
    began = time.perf_counter()
    edge.request("POST", "/api/auth/forgot-password", body, {"Content-Type": "application/json"})
    answer = edge.getresponse()
    text = answer.read()
    took = time.perf_counter() - began
    if answer.status != 200:
        sys.exit(f"{answer.status} {text.decode()}: is RATE_LIMIT_MAX=0?")
    return took * 1e6, text


def main():
    host, known = sys.argv[1:3]
    edge = http.client.HTTPConnection(host, timeout=10)
    name, domain = known.split("@")
    times, texts = {"known": [], "unknown": []}, set()
    # As long as the known one, and asked for as often: a second job for an address that waits already costs less.
    stranger = f"{random.getrandbits(256):064x}"[: len(name)] + "@" + domain
    for pair in range(WARM_UP + PAIRS):
        for kind in random.sample(["known", "unknown"], 2):
            took, text = ask(edge, known if kind == "known" else stranger)
            texts.add(text)
            if pair >= WARM_UP:
                times[kind].append(took)
    median = {kind: statistics.median(taken) for kind, taken in times.items()}
    halves = [statistics.median(times["unknown"][part::2]) for part in (0, 1)]
    print(json.dumps({
        "pairs": PAIRS,
        "known_median_us": round(median["known"], 1),
        "unknown_median_us": round(median["unknown"], 1),
        "difference_us": round(median["known"] - median["unknown"], 1),
        "difference_of_halves_us": round(halves[0] - halves[1], 1),
        "answers": len(texts),
    }))


main()
