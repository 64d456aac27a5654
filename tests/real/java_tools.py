"""The independent reader and writer: our Java programs in java/, on Kafka 3.9.1's own client."""

import subprocess

import kafka_jars

CLIENT_VERSION = "3.9.1"
SOURCES = kafka_jars.ROOT / "tests" / "real" / "java"
CLASSES = kafka_jars.ROOT / "build" / "real" / "classes"
TIMEOUT_S = 900


class JavaToolError(Exception):
    """A Java program failed; the text holds its command and the end of what it said."""


def compile_tools():
    """Compiles java/*.java unless that was done since they last changed."""
    sources = sorted(SOURCES.glob("*.java"))
    stamp = CLASSES / "compiled"
    newest = max(source.stat().st_mtime for source in sources)
    if stamp.exists() and stamp.stat().st_mtime >= newest:
        return
    CLASSES.mkdir(parents=True, exist_ok=True)
    class_path = f"{kafka_jars.fetch(CLIENT_VERSION)}/*"
    command = ["javac", "-d", str(CLASSES), "-cp", class_path, *map(str, sources)]
    subprocess.run(command, check=True)
    stamp.touch()


def words(tool, options):
    """A tool and its options as Tools.java reads them; option_name=value is --option-name value."""
    found = [tool]
    for name, value in options.items():
        found += ["--" + name.replace("_", "-"), str(value)]
    return found


def command(arguments=()):
    compile_tools()
    return kafka_jars.java_command(CLIENT_VERSION, "Tools", arguments, heap="1g", classes=CLASSES)


class Server:
    """One Tools process that answers question after question; it ends with its standard input."""

    process = None

    @classmethod
    def ask(cls, tool, options):
        if cls.process is None or cls.process.poll() is not None:
            started = command()  # This compiles, and makes the directory that the log goes to.
            log = open(CLASSES.parent / "tools.log", "ab")
            cls.process = subprocess.Popen(
                started, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
            log.close()
        question = words(tool, options)
        cls.process.stdin.write("\t".join(question) + "\n")
        cls.process.stdin.flush()
        lines = []
        for line in cls.process.stdout:
            fields = line.rstrip("\n").split("\t")
            if fields == ["ok"]:
                return lines
            if fields[0] == "failed":
                raise JavaToolError(f"{' '.join(question)}: {fields[1]}")
            lines.append(fields)
        raise JavaToolError(f"{' '.join(question)}: the process ended; see tools.log")


def run(tool, **options):
    """Runs one of our programs to its end and returns its lines, split at tabs."""
    return Server.ask(tool, options)


def start_load(**options):
    """Starts Load beside the test; finish_load waits for its end."""
    return subprocess.Popen(
        command(words("Load", options)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish_load(process):
    output, _ = process.communicate(timeout=TIMEOUT_S)
    if process.returncode != 0:
        raise JavaToolError("Load\n" + output)


def digests(endpoint, topics, isolation="read_uncommitted"):
    """{(topic, partition): (record count, SHA-256 of the records in order)}, by Java's consumer."""
    lines = run(
        "Dump",
        bootstrap=endpoint.bootstrap,
        topics=",".join(topics),
        mode="digest",
        isolation=isolation,
    )
    return {(topic, int(index)): (int(count), digest) for topic, index, count, digest in lines}


def key_digests(endpoint, topics, isolation="read_uncommitted"):
    """What a topic is apart from its partitions, and how its records lie in them: KeyDigests.java.

    Returns {(topic, key): (count, digest in order)}, {topic: keyed records not where Java's
    partitioner puts them}, {(topic, partition): records without a key}.
    """
    lines = run(
        "Dump",
        bootstrap=endpoint.bootstrap,
        topics=",".join(topics),
        mode="keys",
        isolation=isolation,
    )
    keys = {(line[1], line[2]): (int(line[3]), line[4]) for line in lines if line[0] == "key"}
    misplaced = {line[1]: int(line[2]) for line in lines if line[0] == "misplaced"}
    unkeyed = {(line[1], int(line[2])): int(line[3]) for line in lines if line[0] == "unkeyed"}
    return keys, misplaced, unkeyed


def fingerprints(endpoint, topic):
    """{partition: [a digest of each record's content, in order]}."""
    lines = run("Dump", bootstrap=endpoint.bootstrap, topics=topic, mode="fingerprints")
    found = {}
    for partition, fingerprint in lines:
        found.setdefault(int(partition), []).append(fingerprint)
    return found


def batches(endpoint, topic, partitions):
    """{partition: [(size_bytes, codec, payload digest)]} of the data batches in segment files."""
    directories = [str(endpoint.partition_dir(topic, index)) for index in range(partitions)]
    found = {index: [] for index in range(partitions)}
    for line in run("Batches", dirs=",".join(directories)):
        name, _, _, codec, _, size, kind, digest = line
        if kind == "data":
            found[int(name.rsplit("-", 1)[1])].append((int(size), codec, digest))
    return found


def create_topics(endpoint, *specifications):
    """Each specification is name:partitions or name:partitions:key=value;key=value."""
    run("Topics", bootstrap=endpoint.bootstrap, create=",".join(specifications))


def delete_topics(endpoint, *topics):
    run("Topics", bootstrap=endpoint.bootstrap, delete=",".join(topics))


def describe_topic(endpoint, topic):
    """The topic's own settings, and its partition count under the name partitions."""
    lines = run("Topics", bootstrap=endpoint.bootstrap, describe=topic)
    return {key: value for _, key, value in lines}
