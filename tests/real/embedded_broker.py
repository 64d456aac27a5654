"""kmirror broker as an endpoint, and Kafka's own command line tools of a version."""

import contextlib
import subprocess

import kafka_jars
import mirror_process
from endpoints import Endpoint
from kafka_jars import version_tuple

NEWEST = "4.1"
EXIT_TIMEOUT_S = 30
TOOL_TIMEOUT_S = 120


@contextlib.contextmanager
def embedded(*flags, release=NEWEST):
    """A kmirror broker on ports that the system chose; it must end well when it is told to."""
    command = [mirror_process.PROGRAM, "broker", "--port", "0", "--pose-as", release, *flags]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    try:
        label, _, servers = process.stdout.readline().strip().partition(": ")
        assert label == "bootstrap servers"
        yield Endpoint("embedded", servers, release)
    finally:
        process.terminate()
        status = process.wait(EXIT_TIMEOUT_S)
    assert status == 0


class Tools:
    """Kafka's tools at one endpoint. They start in a second when Java does not optimize much."""

    def __init__(self, endpoint, version):
        self.endpoint = endpoint
        self.version = version
        moved = "org.apache.kafka.tools" if version_tuple(version) >= (4,) else "kafka.tools"
        self.classes = {"ConsoleProducer": f"{moved}.ConsoleProducer"}
        self.classes["ConsoleConsumer"] = "org.apache.kafka.tools.consumer.ConsoleConsumer"
        groups = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"
        self.classes["ConsumerGroupCommand"] = groups
        self.classes["ConfigCommand"] = "kafka.admin.ConfigCommand"

    def command(self, tool, *arguments):
        main_class = self.classes.get(tool, f"org.apache.kafka.tools.{tool}")
        connection = ["--bootstrap-server", self.endpoint.bootstrap]
        if tool == "ProducerPerformance":
            # Arguments that begin with more properties of the producer go on with the list.
            connection = ["--producer-props", f"bootstrap.servers={self.endpoint.bootstrap}"]
        words = [*connection, *map(str, arguments)]
        options = ["-XX:TieredStopAtLevel=1"]
        return kafka_jars.java_command(self.version, main_class, words, options=options)

    def run(self, tool, *arguments, text=""):
        """Runs a tool to its end, which must be a good one, and returns its output."""
        return finish(self.command(tool, *arguments), text)

    def start(self, tool, *arguments, output):
        """A tool that runs beside the test, its output in a file."""
        with open(output, "wb") as file:
            return subprocess.Popen(
                self.command(tool, *arguments), stdin=subprocess.DEVNULL, stdout=file
            )

    def rows(self, *arguments):
        """The table of kafka-consumer-groups by column; none of a group that is not there yet."""
        done = subprocess.run(
            self.command("ConsumerGroupCommand", *arguments),
            stdout=subprocess.PIPE,
            text=True,
            timeout=TOOL_TIMEOUT_S,
        )
        lines = [line.split() for line in done.stdout.splitlines()]
        headers = [index for index, words in enumerate(lines) if words[:1] == ["GROUP"]]
        if not headers:
            return []
        first = headers[0]
        return [dict(zip(lines[first], words)) for words in lines[first + 1 :] if words]


def kcat(endpoint, *arguments, text=""):
    return finish(["kcat", "-b", endpoint.bootstrap, *arguments], text)


def finish(command, text):
    done = subprocess.run(
        command, input=text, stdout=subprocess.PIPE, text=True, timeout=TOOL_TIMEOUT_S
    )
    assert done.returncode == 0, command
    return done.stdout
