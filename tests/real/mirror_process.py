"""A kmirror process under test: its property files, output, signals and exit status."""

import os
import pathlib
import signal
import subprocess

import kafka_jars
from kafka_cluster import ClusterError, wait_until

PROGRAM = pathlib.Path(
    os.environ.get("KMIRROR_BIN", kafka_jars.ROOT / "build" / "release" / "kmirror")
)
EXIT_TIMEOUT_S = 120

# Its documented exit statuses.
USAGE = 1
START = 2
INCOMPLETE = 4


class Mirror:
    """One kmirror between two endpoints. Start it as often as needed: the group stays the same.

    directory gets the property files and mirror.log, the output of every run one after the other.
    """

    def __init__(
        self, directory, source, destination, group, whitelist, consumer=None, producer=None
    ):
        self.log = directory / "mirror.log"
        self.group = group
        self.process = None
        self.run_start = 0
        consumer_file = directory / "consumer.properties"
        producer_file = directory / "producer.properties"
        write_properties(
            consumer_file,
            {
                "bootstrap.servers": source.bootstrap,
                "group.id": group,
                "auto.offset.reset": "earliest",
                **(consumer or {}),
            },
        )
        write_properties(
            producer_file, {"bootstrap.servers": destination.bootstrap, **(producer or {})}
        )
        self.command = [
            str(PROGRAM),
            "--consumer.config",
            str(consumer_file),
            "--producer.config",
            str(producer_file),
            "--whitelist",
            whitelist,
        ]

    def start(self, *flags):
        with open(self.log, "ab") as log:
            self.run_start = log.tell()
            self.process = subprocess.Popen(
                [*self.command, *flags], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def run_until_end(self, *flags, timeout_s=EXIT_TIMEOUT_S):
        """Copies up to the ends that the source has now; the exit status must be 0."""
        self.start("--until-end", *flags)
        self.expect_exit(timeout_s)

    def expect_refusal(self, status, *words, flags=()):
        """Up to the ends as well, but it must end with this status and say all of these words."""
        self.start("--until-end", *flags)
        self.expect_exit(EXIT_TIMEOUT_S, status)
        said = self.output()
        missing = [word for word in words if word not in said]
        assert not missing, f"{missing} not in:\n{said}"

    def stop(self, expected=0):
        """SIGTERM; it must finish, say a closing line and exit with the expected status."""
        # Before its first line it may not be listening for signals yet.
        self.wait(self.output, EXIT_TIMEOUT_S, "a first line")
        self.process.send_signal(signal.SIGTERM)
        self.expect_exit(EXIT_TIMEOUT_S, expected)

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def expect_exit(self, timeout_s, expected=0):
        try:
            status = self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {timeout_s} s\n{self.tail()}") from None
        assert status == expected, f"exit status {status}\n{self.tail()}"

    def output(self):
        """What the present run has said so far."""
        return self.log.read_bytes()[self.run_start :].decode(errors="replace")

    def tail(self, lines=30):
        return "\n".join(self.output().splitlines()[-lines:])

    def closing_line(self):
        """The last line of a run that has ended: records, bytes, rate."""
        return self.output().rstrip().splitlines()[-1]

    def wait(self, condition, timeout_s, what):
        """wait_until, but a mirror that ends meanwhile fails the test at once with what it said."""

        def checked():
            assert self.process.poll() is None, f"ended while waiting: {what}\n{self.tail()}"
            return condition()

        try:
            wait_until(checked, timeout_s, what)
        except ClusterError as error:
            raise AssertionError(f"{error}\n{self.tail()}") from None


def write_properties(path, properties):
    """A value of None leaves the key out."""
    lines = [f"{key}={value}\n" for key, value in properties.items() if value is not None]
    path.write_text("".join(lines))
