"""A line carries what it is given, no sooner and no faster than it should.

  python3 bench/link_test.py build/release/bench/link
"""

import contextlib
import socket
import subprocess
import sys
import threading
import time
import unittest

PROGRAM = sys.argv.pop()
SENT = bytes(range(251)) * 20_000  # 5 MB


@contextlib.contextmanager
def line(*flags):
    """The two ends of a connection over a line."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = [PROGRAM, "--to", f"127.0.0.1:{server.getsockname()[1]}", *flags]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        port = int(process.stdout.readline().split()[-1])
        with socket.create_connection(("127.0.0.1", port)) as client, server.accept()[0] as far:
            yield client, far
        process.kill()
        process.communicate()


def received(end, size):
    got = bytearray()
    while len(got) < size:
        piece = end.recv(1 << 20)
        if not piece:
            break
        got += piece
    return bytes(got)


class Link(unittest.TestCase):
    def test_a_round_trip_takes_as_long_as_it_is_told(self):
        with line("--round-trip-ms", "60", "--bytes-a-second", "1000000000") as (client, far):
            began = time.monotonic()
            client.sendall(b"there")
            self.assertEqual(received(far, 5), b"there")
            far.sendall(b"back")
            self.assertEqual(received(client, 4), b"back")
            self.assertGreaterEqual(time.monotonic() - began, 0.06)

    def test_bytes_come_whole_and_at_the_rate(self):
        with line("--bytes-a-second", "20000000") as (client, far):
            began = time.monotonic()
            sender = threading.Thread(target=client.sendall, args=(SENT,))
            sender.start()
            self.assertEqual(received(far, len(SENT)), SENT)
            sender.join()
            self.assertGreaterEqual(time.monotonic() - began, len(SENT) / 20e6 * 0.98)

    def test_an_end_that_closes_closes_the_other_behind_what_it_sent(self):
        with line("--round-trip-ms", "40", "--bytes-a-second", "1000000000") as (client, far):
            client.sendall(SENT)
            client.close()
            self.assertEqual(received(far, len(SENT) + 1), SENT)


if __name__ == "__main__":
    unittest.main()
