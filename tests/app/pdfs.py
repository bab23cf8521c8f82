"""Small PDF files: a harmless one, and ones that do more than show a page."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject


def blank_pdf(change: Callable[[PdfWriter], object] = lambda _writer: None) -> bytes:
    """One empty page; `change` adds to it."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    change(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def launching(writer: PdfWriter) -> None:
    """A link on the page that starts a program."""
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})
    link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([link])


def scripting(writer: PdfWriter) -> None:
    """A script that runs when the file is opened."""
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app")})
    writer.root_object[NameObject("/OpenAction")] = action


LIVELY = {
    "script": blank_pdf(scripting),
    "launch": blank_pdf(launching),
    "embedded": blank_pdf(lambda writer: writer.add_attachment("x.exe", b"MZ")),
}
LOCKED = blank_pdf(lambda writer: writer.encrypt("secret", algorithm="RC4-128"))


def packed_script() -> bytes:
    """A script whose objects are packed into a compressed stream, where no search of the bytes finds it."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>", b"<</S/JavaScript/JS(app.alert\\(1\\))>>",
    ]  # fmt: skip
    starts = [sum(len(one) + 1 for one in objects[:n]) for n in range(len(objects))]
    index = b" ".join(b"%d %d" % (n, start) for n, start in enumerate(starts, 1)) + b" "
    body = zlib.compress(index + b" ".join(objects))
    file = b"%PDF-1.5\n"
    packed = len(file)
    file += b"5 0 obj<</Type/ObjStm/N 4/First %d/Filter/FlateDecode/Length %d>>stream\n" % (len(index), len(body))
    file += body + b"\nendstream endobj\n"
    entries = [(0, 0, 0), *((2, 5, n) for n in range(4)), (1, packed, 0), (1, len(file), 0)]
    table = b"".join(kind.to_bytes(1, "big") + a.to_bytes(3, "big") + b.to_bytes(1, "big") for kind, a, b in entries)
    start = len(file)
    file += b"6 0 obj<</Type/XRef/Size 7/W[1 3 1]/Root 1 0 R/Length %d>>stream\n" % len(table)
    return file + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % start
