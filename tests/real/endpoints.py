"""The clusters under test: real brokers of our own, or outside ones by bootstrap servers."""

import os
import re
import subprocess

from kafka_cluster import Cluster, kcat_options
from kafka_jars import version_tuple

# Topics are made by the tests or by the mirror, never by a look-up; retention and compaction look
# often whether there is something to do.
SETTINGS = {
    "auto.create.topics.enable": "false",
    "log.retention.check.interval.ms": "1000",
    "log.initial.task.delay.ms": "500",
    "log.cleaner.backoff.ms": "500",
}


class Endpoint:
    """Source or destination of a test. cluster is None for an outside one."""

    def __init__(self, label, bootstrap, version, cluster=None):
        self.label = label
        self.bootstrap = bootstrap
        self.version = version
        self.cluster = cluster

    def offsets(self, topic, partitions, which):
        """The ends (which -1) or starts (-2) of the logs; None while there is no topic."""
        command = ["kcat", "-Q", "-b", self.bootstrap, *kcat_options(self.version)]
        for partition in range(partitions):
            command += ["-t", f"{topic}:{partition}:{which}"]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=60
        )
        if done.returncode != 0:
            return None
        # Other lines say why there is no offset.
        lines = re.findall(r"\[(\d+)\] offset (\d+)$", done.stdout, re.MULTILINE)
        found = {int(partition): int(offset) for partition, offset in lines}
        if sorted(found) != list(range(partitions)):
            return None
        return [found[partition] for partition in range(partitions)]

    def end_sum(self, topic, partitions):
        """The sum of the log ends, 0 while there is no topic."""
        return sum(self.offsets(topic, partitions, -1) or [0])

    def codecs(self):
        """The compression.type values this version takes from a producer."""
        zstd = ["zstd"] if version_tuple(self.version) >= (2, 1) else []
        return ["none", "gzip", "snappy", "lz4", *zstd]

    def partition_dir(self, topic, partition):
        """A directory with the partition's segment files, on whichever broker has one."""
        for node in self.cluster.brokers():
            directory = node.data / f"{topic}-{partition}"
            if directory.is_dir():
                return directory
        raise FileNotFoundError(f"{topic}-{partition}")


class Endpoints:
    """Starts each cluster when the first test asks for it, and stops all at the end."""

    def __init__(self):
        self.started = {}

    def get(self, role, version, brokers=1):
        """role is source or destination; version as in Maven Central, or outside."""
        if version == "outside":
            bootstrap = os.environ[f"KMIRROR_TEST_{role.upper()}"]
            return Endpoint("outside", bootstrap, "3.9.1")
        name = f"test-{role}-{version}" + (f"-x{brokers}" if brokers > 1 else "")
        if name not in self.started:
            self.started[name] = Cluster.create(name, version, brokers=brokers, settings=SETTINGS)
        cluster = self.started[name]
        return Endpoint(version, cluster.bootstrap, version, cluster)

    def close(self):
        for cluster in self.started.values():
            cluster.down()


def outside():
    """Whether both ends are outside clusters; one alone is a mistake worth an error."""
    names = ("KMIRROR_TEST_SOURCE", "KMIRROR_TEST_DESTINATION")
    given = [name for name in names if os.environ.get(name)]
    if len(given) == 1:
        raise ValueError(f"{given[0]} is set but its counterpart is not")
    return bool(given)
