"""kmirror broker, used with kcat, with Kafka's own tools, and with our mirror."""

import contextlib
import json
import re

import pytest

import java_tools
import mirror_process
from embedded_broker import Tools, embedded, kcat
from kafka_cluster import wait_until

PARTITIONS = 4
RECORDS = 1000
WAIT_S = 60
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
ONE_PARTITION = [word for name in [*CODECS, "txn"] for word in ("--topic", f"{name}:1")]
# kcat knows where the end is from an answer without records.
TO_END = ["-e", "-q", "-X", "fetch.wait.max.ms=10"]

VERSIONS = [pytest.param("3.9.1", marks=pytest.mark.long), "4.1.1"]


@pytest.fixture(scope="module")
def cluster():
    with embedded("--nodes", "3", "--topic", f"given:{PARTITIONS}") as endpoint:
        yield endpoint


@pytest.fixture(params=VERSIONS)
def tools(cluster, request):
    return Tools(cluster, request.param)


@pytest.fixture
def topic(request):
    return re.sub(r"\W+|_", "-", request.node.name).strip("-")


def lines(first, count):
    return "".join(f"{number}\tvalue {number}\n" for number in range(first, first + count))


def sorted_lines(text):
    return sorted(text.splitlines())


@pytest.mark.parametrize("release", ["0.11", "2.8", "4.1"])
def test_kcat(release):
    flags = ["--nodes", "3", "--topic", "given:4", *ONE_PARTITION]
    with embedded(*flags, release=release) as endpoint:
        known = json.loads(kcat(endpoint, "-L", "-J"))
        assert sorted(broker["id"] for broker in known["brokers"]) == [1, 2, 3]
        sizes = {topic["topic"]: len(topic["partitions"]) for topic in known["topics"]}
        assert sizes == {"given": 4, **dict.fromkeys([*CODECS, "txn"], 1)}
        sent = lines(0, RECORDS)
        for codec in endpoint.codecs():
            kcat(endpoint, "-P", "-t", codec, "-z", codec, "-K", "\t", text=sent)
            assert kcat(endpoint, "-C", "-t", codec, "-K", "\t", *TO_END) == sent

        member = ["-G", "group", "-X", "auto.offset.reset=earliest", *TO_END]
        assert kcat(endpoint, *member, "-K", "\t", "gzip", "lz4").count("\n") == 2 * RECORDS
        more = lines(RECORDS, 10)
        kcat(endpoint, "-P", "-t", "gzip", "-K", "\t", text=more)
        assert kcat(endpoint, *member, "-K", "\t", "gzip", "lz4") == more

        kcat(endpoint, "-P", "-t", "txn", "-X", "transactional.id=kcat", text="one\ntwo\n")
        # A marker stands behind the two records.
        assert endpoint.offsets("txn", 1, -1) == [3]
        committed = ["-X", "isolation.level=read_committed"]
        assert kcat(endpoint, "-C", "-t", "txn", *committed, *TO_END) == "one\ntwo\n"


def test_topics(tools, topic):
    named = ["--topic", topic]
    tools.run("TopicCommand", "--create", *named, "--partitions", 3, "--config", "retention.ms=99")
    tools.run("TopicCommand", "--alter", *named, "--partitions", 5)
    described = tools.run("TopicCommand", "--describe", *named)
    assert "PartitionCount: 5\tReplicationFactor: 3" in described
    assert re.search(r"Configs: \S*retention\.ms=99\b", described)
    leaders = re.findall(r"Partition: (\d+)\tLeader: (\d+)", described)
    assert [int(index) for index, _ in leaders] == list(range(5))
    assert {leader for _, leader in leaders} == {"1", "2", "3"}
    assert {"given", topic} <= set(tools.run("TopicCommand", "--list").split())
    tools.run("TopicCommand", "--delete", *named)
    assert topic not in kcat(tools.endpoint, "-L")


def test_configs_and_offsets(tools, topic, tmp_path):
    java_tools.create_topics(tools.endpoint, f"{topic}:2")
    named = ["--topic", topic]
    added = ["--add-config", "max.message.bytes=100000"]
    tools.run("ConfigCommand", "--alter", *named, *added)
    assert "max.message.bytes=100000" in tools.run("ConfigCommand", "--describe", *named)

    kcat(tools.endpoint, "-P", "-t", topic, "-p", "1", text=lines(0, RECORDS))
    assert tools.run("GetOffsetShell", *named) == f"{topic}:0:0\n{topic}:1:{RECORDS}\n"
    request = tmp_path / "records.json"
    place = {"topic": topic, "partition": 1, "offset": 10}
    request.write_text(json.dumps({"version": 1, "partitions": [place]}))
    assert "low_watermark: 10" in tools.run("DeleteRecordsCommand", "--offset-json-file", request)
    first = tools.run("GetOffsetShell", *named, "--time", "earliest")
    assert first == f"{topic}:0:0\n{topic}:1:10\n"
    kept = kcat(tools.endpoint, "-C", "-t", topic, "-p", "1", *TO_END)
    assert kept == lines(10, RECORDS - 10)


def test_console_and_group(tools, topic, tmp_path):
    """Two members share the work; what one reads after a restart goes on where they left off."""
    java_tools.create_topics(tools.endpoint, f"{topic}:{PARTITIONS}")
    named = ["--topic", topic]
    keyed = ["--property", "parse.key=true"]
    member = [*named, "--group", topic, "--from-beginning", "--property", "print.key=true"]
    outputs = [tmp_path / "first", tmp_path / "second"]
    members = [tools.start("ConsoleConsumer", *member, output=output) for output in outputs]

    def shared():
        rows = tools.rows("--describe", "--group", topic, "--members")
        return [row["#PARTITIONS"] for row in rows] == ["2", "2"]

    def read():
        return "".join(output.read_text() for output in outputs)

    try:
        wait_until(shared, WAIT_S, "two members with two partitions each")
        sent = lines(0, RECORDS)
        tools.run("ConsoleProducer", *named, *keyed, text=sent)
        wait_until(lambda: read().count("\n") >= RECORDS, WAIT_S, "all records")
        assert sorted_lines(read()) == sorted_lines(sent)
        assert all(output.read_text() for output in outputs)
    finally:
        for process in members:
            process.terminate()
        for process in members:
            process.wait(WAIT_S)

    rows = tools.rows("--describe", "--group", topic)
    assert sorted(int(row["PARTITION"]) for row in rows) == list(range(PARTITIONS))
    assert sum(int(row["CURRENT-OFFSET"]) for row in rows) == RECORDS
    assert {(row["LAG"], row["CONSUMER-ID"]) for row in rows} == {("0", "-")}
    more = lines(RECORDS, 200)
    tools.run("ConsoleProducer", *named, *keyed, text=more)
    again = tools.run("ConsoleConsumer", *member, "--max-messages", 200, "--timeout-ms", 30000)
    assert sorted_lines(again) == sorted_lines(more)


def test_idempotent_producers(tools, topic):
    load = ["--num-records", 50_000, "--record-size", 100, "--throughput", -1]
    assert "50000 records sent" in tools.run("ProducerPerformance", "--topic", topic, *load)
    assert tools.endpoint.end_sum(topic, 1) == 50_000
    limits = ["--max-messages", RECORDS, "--throughput", -1]
    said = tools.run("VerifiableProducer", "--topic", topic, *limits, "--acks", -1)
    last = json.loads(said.splitlines()[-1])
    assert (last["sent"], last["acked"]) == (RECORDS, RECORDS)
    assert tools.endpoint.end_sum(topic, 1) == 50_000 + RECORDS
    # Only the first is idempotent: the other one sets retries to 0.
    (leader,) = json.loads(kcat(tools.endpoint, "-L", "-J", "-t", topic))["topics"][0]["partitions"]
    follower = leader["leader"] % 3 + 1
    place = ["--topic", topic, "--partition", 0, "--broker-id", follower]
    _, *writers = tools.run("TransactionsCommand", "describe-producers", *place).splitlines()
    assert [writer.split()[3] for writer in writers] == ["49999"]


def test_transactions(tools, topic):
    load = ["--num-records", 20_000, "--record-size", 100, "--throughput", -1]
    span = ["--transaction-duration-ms", 50, "--transactional-id", topic]
    assert "20000 records sent" in tools.run("ProducerPerformance", "--topic", topic, *load, *span)
    markers = tools.endpoint.end_sum(topic, 1) - 20_000
    assert markers > 0
    limits = ["--max-messages", 20_000, "--timeout-ms", 30000]
    committed = ["--from-beginning", "--isolation-level", "read_committed"]
    read = tools.run("ConsoleConsumer", "--topic", topic, *committed, *limits)
    assert read.count("\n") == 20_000
    assert "CompleteCommit" in tools.run("TransactionsCommand", "list")


@pytest.mark.parametrize("version", VERSIONS)
def test_retries(version):
    """A producer and a consumer get over errors and closed connections by trying again."""
    faults = ["--fault", "Produce:NOT_ENOUGH_REPLICAS@30", "--fault", "Fetch:close@20"]
    with embedded("--nodes", "3", "--topic", "t:1", *faults) as endpoint:
        tools = Tools(endpoint, version)
        load = ["--num-records", 1000, "--record-size", 100, "--throughput", -1]
        # With one request under way none overtakes the one before it, which was refused.
        flags = ["batch.size=2000", "max.in.flight.requests.per.connection=1"]
        flags += ["retry.backoff.ms=10"]
        load += ["--topic", "t", "--print-metrics"]
        said = tools.run("ProducerPerformance", *flags, *load)
        retries = re.search(r"producer-metrics:record-retry-total:\S+ *: ([\d.]+)", said)
        assert float(retries.group(1)) > 0
        assert endpoint.end_sum("t", 1) == 1000
        assert kcat(endpoint, "-C", "-t", "t", *TO_END).count("\n") == 1000


def test_mirror(tmp_path):
    """From a cluster of one release to one of another, plain records and transactions."""
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(embedded("--nodes", "3"))
        destination = stack.enter_context(embedded("--nodes", "2", release="2.8"))
        topics = [*CODECS, "transactions"]
        java_tools.create_topics(source, *(f"{topic}:{PARTITIONS}" for topic in topics))
        load = ",".join(f"{codec}={codec}" for codec in CODECS)
        java_tools.run("Load", bootstrap=source.bootstrap, topics=load, records=5000)
        java_tools.run(
            "TxnLoad",
            bootstrap=source.bootstrap,
            topics="transactions=lz4",
            partitions=PARTITIONS,
            rounds=20,
        )
        before = java_tools.digests(source, topics, "read_committed")
        assert before != java_tools.digests(source, topics), "nothing was aborted"
        mirror = mirror_process.Mirror(tmp_path, source, destination, "mirror", ".*")
        try:
            mirror.run_until_end()
        finally:
            mirror.kill()
        assert java_tools.digests(destination, topics) == before
