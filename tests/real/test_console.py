"""The console commands, side by side with Kafka's own console tools."""

import re
import subprocess

import pytest

import java_tools
import kafka_jars
import mirror_process

CONSUMER = "org.apache.kafka.tools.consumer.ConsoleConsumer"
PRODUCER = "kafka.tools.ConsoleProducer"
TOPICS = "org.apache.kafka.tools.TopicCommand"
EVERYTHING = ["timestamp", "partition", "offset", "headers", "key", "value"]
PARTITIONS = 5

pytestmark = pytest.mark.one_pairing


def finish(command, text):
    done = subprocess.run(command, input=text, capture_output=True, timeout=180)
    return done.returncode, done.stdout, done.stderr.decode()


def kmirror(*arguments, text=b""):
    return finish([mirror_process.PROGRAM, *map(str, arguments)], text)


def kafka(tool, *arguments, text=b""):
    version = java_tools.CLIENT_VERSION
    return finish(kafka_jars.java_command(version, tool, [*map(str, arguments)]), text)


@pytest.fixture
def broker(pairing):
    return ["--bootstrap-server", pairing.source.bootstrap]


def create(broker, topic, partitions):
    status, _, errors = kmirror(
        "topics", *broker, "--create", "--topic", topic, "--partitions", partitions
    )
    assert status == 0, errors


def printing(separator):
    flags = [["--property", f"print.{part}=true"] for part in EVERYTHING]
    return [*sum(flags, []), "--property", f"key.separator={separator}"]


def test_consume_prints_what_kafka_prints(pairing, broker):
    topic = pairing.topic("t")
    create(broker, topic, 1)
    java_tools.run(
        "Load", bootstrap=pairing.source.bootstrap, topics=f"{topic}=zstd", records=1000
    )
    count = pairing.source.end_sum(topic, 1)
    read = [*broker, "--topic", topic, "--from-beginning", "--max-messages", count, *printing("|")]
    ours, theirs = kmirror("consume", *read), kafka(CONSUMER, *read)
    assert ours[0] == theirs[0] == 0, ours[2] + theirs[2]
    assert ours[1] == theirs[1]
    assert f"Processed a total of {count} messages" in ours[2]


def test_produce_puts_keys_where_kafka_puts_them(pairing, broker):
    lines = "".join(f"key-{i % 97}\tvalue-{i}\n" for i in range(3000)).encode()
    keyed = ["--property", "parse.key=true"]
    theirs = pairing.topic("theirs")
    create(broker, theirs, PARTITIONS)
    status, _, errors = kafka(PRODUCER, *broker, "--topic", theirs, *keyed, text=lines)
    assert status == 0, errors
    expected = values_by_partition(broker, theirs, 3000)
    for codec in pairing.source.codecs():
        ours = pairing.topic(codec)
        create(broker, ours, PARTITIONS)
        compressed = ["--compression-codec", codec]
        status, _, errors = kmirror(
            "produce", *broker, "--topic", ours, *keyed, *compressed, text=lines
        )
        assert status == 0, errors
        assert values_by_partition(broker, ours, 3000) == expected, codec


def values_by_partition(broker, topic, count):
    flags = ["--topic", topic, "--from-beginning", "--max-messages", count]
    places = ["--property", "print.partition=true", "--property", "print.key=true"]
    status, output, errors = kmirror("consume", *broker, *flags, *places)
    assert status == 0, errors
    found = {}
    for line in output.decode().splitlines():
        partition, record = line.split("\t", 1)
        found.setdefault(partition, []).append(record)
    return found


def test_consume_waits_for_a_topic(pairing, broker):
    topic = pairing.topic("later")
    flags = ["--topic", topic, "--max-messages", "2", "--timeout-ms", "60000"]
    with subprocess.Popen(
        [mirror_process.PROGRAM, "consume", *broker, *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert b"UNKNOWN_TOPIC_OR_PARTITION" in process.stderr.readline()
        create(broker, topic, 1)
        assert kmirror("produce", *broker, "--topic", topic, text=b"one\ntwo\n")[0] == 0
        output, _ = process.communicate(timeout=120)
    assert (process.returncode, output) == (0, b"one\ntwo\n")
    absent = ["--topic", pairing.topic("absent"), "--timeout-ms", "300"]
    status, output, errors = kmirror("consume", *broker, *absent)
    assert (status, output) == (0, b"")
    assert "UNKNOWN_TOPIC_OR_PARTITION" in errors


def test_topics_says_what_kafka_says(pairing, broker):
    topic = pairing.topic("t")
    config = ["--config", "retention.ms=3600000"]
    status, output, errors = kmirror(
        "topics", *broker, "--create", "--topic", topic, "--partitions", 3, *config
    )
    assert (status, output) == (0, f"Created topic {topic}.\n".encode()), errors
    status, _, errors = kmirror("topics", *broker, "--create", "--topic", topic)
    assert status == 1
    assert "TOPIC_ALREADY_EXISTS" in errors

    describe = [*broker, "--describe", "--topic", topic]
    ours, theirs = kmirror("topics", *describe), kafka(TOPICS, *describe)
    # Newer tools know of more columns, and name settings of the broker's own file too.
    expected = re.sub(rb"\tElr: [^\n]*", b"", theirs[1])
    expected = re.sub(rb"Configs: \S*\n", b"Configs: retention.ms=3600000\n", expected)
    assert ours[1] == expected

    status, output, _ = kmirror("topics", *broker, "--list")
    names = output.decode().splitlines()
    assert status == 0
    assert topic in names
    assert names == sorted(names)
    assert kmirror("topics", *broker, "--delete", "--topic", re.escape(topic))[0] == 0
    assert kmirror("topics", *describe)[0] == 1


def test_errors_end_with_1_and_a_reason(pairing, broker):
    topic = pairing.topic("t")
    create(broker, topic, 1)
    absent = pairing.topic("absent")
    large = b"x" * 2_000_000
    nowhere = ["--bootstrap-server", "127.0.0.1:1"]
    cases = [
        (["produce", *broker, "--topic", absent], b"", "does not exist"),
        (["produce", *broker, "--topic", topic], large, f"{topic}-0: 1 records were not"),
        (
            ["produce", *broker, "--topic", topic, "--property", "parse.key=true"],
            b"no tab",
            "line number 1: 'no tab'",
        ),
        (["consume", *broker, "--topic", topic, "--property", "print.x=1"], b"", "print.x"),
        (["topics", *nowhere, "--list"], b"", "no Kafka broker could be reached"),
        (["topics", *broker], b"", "--list"),
    ]
    for arguments, text, reason in cases:
        status, _, errors = kmirror(*arguments, text=text)
        assert status == 1, arguments
        assert reason in errors, arguments
