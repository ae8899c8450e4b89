"""
A light client: readers who vote at so many connections at once, in one thread.

Requests are bytes made beforehand, since the client shares the machine's cores with the server.
"""

import selectors
import socket
import time

#: What a browser sends, and the proxy in front of the site adds.
BROWSER = (
    "Host: {host}\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "X-Forwarded-Proto: https\r\n"
    "X-Forwarded-For: {address}\r\n"
)
FORM = "Content-Type: application/x-www-form-urlencoded\r\nOrigin: https://{host}\r\n"


def get(host, path, *, address="192.0.2.1"):
    """The bytes of a GET."""
    browser = BROWSER.format(host=host, address=address)
    return f"GET {path} HTTP/1.1\r\n{browser}\r\n".encode()


def post(host, path, body, *, address, cookie=""):
    """The bytes of a POST of a form."""
    head = BROWSER.format(host=host, address=address) + FORM.format(host=host)
    head += f"Cookie: {cookie}\r\n" if cookie else ""
    return f"POST {path} HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def follow(head, request):
    """The bytes of the same again with the cookie and where an answer leads; None if not asked."""
    if not head.startswith(b"HTTP/1.1 307 "):
        return None
    path, cookie = header(head, b"location"), header(head, b"set-cookie").partition(b";")[0]
    _, _, rest = request.partition(b"\r\n")
    return b"POST %s HTTP/1.1\r\nCookie: %s\r\n%s" % (path, cookie, rest)


def reader_in(request):
    """The reader in a request's cookie."""
    return header(request, b"cookie").partition(b"=")[2].partition(b":")[0].decode()


class Answers:
    """The result: the seconds of each exchange, with its last response's head and its request."""

    def __init__(self):
        self.seconds, self.last, self.elapsed = [], {}, 0.0

    def milliseconds(self, share):
        """The time within which this share of the exchanges was over."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Line:
    """One connection."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def answer(self):
        """The head of an answer, once all of it is here."""
        received = self.socket.recv(65536)
        if not received:
            raise ConnectionError("the server hung up")
        self.buffer += received
        head, end, body = self.buffer.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return None
        self.buffer = b""
        return head


def _length(head):
    _, found, rest = head.partition(b"content-length: ")  # granian writes small letters
    assert found, head
    return int(rest.partition(b"\r\n")[0])


def header(head, name):
    """A header of a message, given in small letters; empty for none."""
    for line in head.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.lower() == name:
            return value.strip()
    return b""


def exchange(port, requests, *, lines=16, again=None):
    """
    Send all requests (pairs of a name and bytes), each as soon as a connection is free.

    `again` makes of an answer's head and its request the bytes of a second one, or None; both
    are one exchange then.
    """
    answers, waiting = Answers(), iter(requests)
    with selectors.DefaultSelector() as selector:
        under_way = 0
        opened = [_Line(port) for _ in range(lines)]
        begun = time.perf_counter()
        for line in opened:
            selector.register(line.socket, selectors.EVENT_READ, line)
            under_way += _next(line, waiting)
        while under_way:
            for key, _ in selector.select(60):
                line = key.data
                if (head := line.answer()) is None:
                    continue
                if again and (second := again(head, line.request)):
                    line.request = second
                    line.socket.sendall(second)
                    continue
                answers.seconds.append(time.perf_counter() - line.sent)
                answers.last[line.name] = head, line.request
                under_way += _next(line, waiting) - 1
        answers.elapsed = time.perf_counter() - begun
        for line in opened:
            line.socket.close()
    return answers


def _next(line, waiting):
    line.name, line.request = next(waiting, (None, b""))
    if line.name is None:
        return 0
    line.sent = time.perf_counter()
    line.socket.sendall(line.request)
    return 1
