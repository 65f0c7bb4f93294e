"""Asks a bertql server with nothing but Python's standard library (3.9 or newer).

    npx bertql serve                                # in another terminal
    python3 examples/python/bertql_client.py [url]
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from typing import Any, Iterator


class BertqlError(Exception):
    """A request that the server refused; `code` is one of its error codes."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code = error.get("extensions", {}).get("code")


class Bertql:
    """A server. Offsets are code points, so that `text[start:end]` is what they name."""

    def __init__(self, url: str = "http://localhost:4000/graphql", api_key: str | None = None) -> None:
        self._url = url
        self._headers = {"content-type": "application/json"}
        if api_key:
            self._headers["authorization"] = f"Bearer {api_key}"

    def query(self, document: str, **variables: Any) -> dict[str, Any]:
        """Runs a query or mutation and gives its data. Raises BertqlError."""
        with self._post(document, variables, "application/json") as response:
            return self._data(json.load(response))

    def subscribe(self, document: str, **variables: Any) -> Iterator[dict[str, Any]]:
        """Runs a subscription and gives the data of each event as it comes. Leaving the loop ends the work."""
        with self._post(document, variables, "text/event-stream") as response:
            event, data = "", ""
            for line in response:
                field, _, value = line.decode().rstrip("\r\n").partition(": ")
                if field == "event":
                    event = value
                elif field == "data":
                    data += value
                elif field == "" and event:
                    if event == "complete":
                        return
                    yield self._data(json.loads(data))
                    event, data = "", ""

    def _post(self, document: str, variables: dict[str, Any], accept: str) -> Any:
        body = json.dumps({"query": document, "variables": variables}).encode()
        request = urllib.request.Request(self._url, body, {**self._headers, "accept": accept})
        try:
            return urllib.request.urlopen(request)
        except urllib.error.HTTPError as refusal:
            try:
                answer = json.load(refusal)
            except ValueError:
                raise refusal from None
            self._data(answer)
            raise

    @staticmethod
    def _data(answer: dict[str, Any]) -> dict[str, Any]:
        if answer.get("errors"):
            raise BertqlError(answer["errors"][0])
        return answer["data"]


ENTITIES = """
query ($text: String!) {
  sentiment(text: $text) { label confidence }
  entities(text: $text, offsetEncoding: CODE_POINT) { text type start end }
}
"""

ANALYZE = """
subscription ($text: String!) {
  analyze(text: $text, offsetEncoding: CODE_POINT) {
    __typename
    ... on ChunkAnalyzed { entities { text type start end } progress { fraction } }
    ... on AnalysisCompleted { entityCount entityGroups { text type count } }
    ... on AnalysisFailed { code message }
  }
}
"""


def main() -> None:
    bertql = Bertql(*sys.argv[1:2])
    text = "😀 Angela Merkel met Emmanuel Macron in Paris. The talks went very well."

    data = bertql.query(ENTITIES, text=text)
    print(data["sentiment"]["label"])
    for entity in data["entities"]:
        print(text[entity["start"] : entity["end"]], entity["type"])

    for event in bertql.subscribe(ANALYZE, text=text):
        analyze = event["analyze"]
        if analyze["__typename"] == "ChunkAnalyzed":
            print(f"{analyze['progress']['fraction']:.0%}", [entity["text"] for entity in analyze["entities"]])
        elif analyze["__typename"] == "AnalysisCompleted":
            print("done:", analyze["entityCount"], "entities")
        else:
            print(analyze["code"], analyze["message"])

    try:
        bertql.query(ENTITIES, text="")
    except BertqlError as error:
        print(error.code)


if __name__ == "__main__":
    main()
