"""An institution trains models on its own rated answers, and compares them with those in use.

`material` says which answers may be learned from, `export` writes them in the interchange format (for a download and
for a training alike), `actions` asks for a training, stops it and does it from beginning to end, `folder` is where the
work lies until then, `watch` reports how far it is and notices that it should end, `keeping` puts what was trained into
the registry. What is learned, and how it is compared, is in `scoring.training`.

No listener rating of a model is ever read here: what is learned from is what people said.
"""
