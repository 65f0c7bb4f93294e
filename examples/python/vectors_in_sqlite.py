"""Keeps vectors of texts in SQLite and finds the texts that are nearest to a question. Needs nothing but Python 3.

    python3 examples/python/vectors_in_sqlite.py http://localhost:4000/graphql

Replace `:memory:` by a file to keep them. A table of some 100,000 rows is searched in about a second this way; for more,
take an extension such as sqlite-vec, or PostgreSQL with pgvector (docs/meaning.md).
"""

import json
import sqlite3
import sys
from array import array
from urllib.request import Request, urlopen

URL = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:4000/graphql"

TEXTS = [
    "To reset your password, follow the link on the login page.",
    "We deliver within three working days.",
    "You may return any item within a month.",
    "The shop is closed on public holidays.",
]


def vectors_of(texts):
    """The vectors of texts; None for one that cannot be read."""
    query = "query ($texts: [String!]!) { embeddings(texts: $texts) { ... on Embedding { vector } } }"
    body = json.dumps({"query": query, "variables": {"texts": texts}}).encode()
    with urlopen(Request(URL, body, {"content-type": "application/json"})) as response:
        answer = json.load(response)
    if "errors" in answer:
        raise SystemExit(answer["errors"][0]["message"])
    return [each.get("vector") for each in answer["data"]["embeddings"]]


def to_blob(vector):
    return array("f", vector).tobytes()


def cosine(blob, other):
    """Of vectors of length 1 the cosine is the sum of products."""
    a, b = array("f"), array("f")
    a.frombytes(blob)
    b.frombytes(other)
    return sum(x * y for x, y in zip(a, b))


database = sqlite3.connect(":memory:")
database.create_function("cosine", 2, cosine, deterministic=True)
database.execute("CREATE TABLE passages (id INTEGER PRIMARY KEY, text TEXT NOT NULL, vector BLOB NOT NULL)")
rows = [(text, to_blob(vector)) for text, vector in zip(TEXTS, vectors_of(TEXTS)) if vector]
database.executemany("INSERT INTO passages (text, vector) VALUES (?, ?)", rows)

(question,) = vectors_of(["I forgot my login, what now?"])
nearest = database.execute(
    "SELECT text, cosine(vector, ?) AS score FROM passages ORDER BY score DESC LIMIT 2", (to_blob(question),)
)
for text, score in nearest:
    print(f"{score:.2f} {text}")
