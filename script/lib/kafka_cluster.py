"""Real Kafka clusters on this machine: start, wait until ready, restart a broker, stop.

A cluster lives in build/kafka/run/<name>: cluster.json says what it is, one directory a node holds
its configuration, log, process id and data. Listeners are on 127.0.0.1 only.
"""

import base64
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import time
import uuid

import kafka_config
import kafka_jars
from kafka_jars import version_tuple

RUN = kafka_jars.ROOT / "build" / "kafka" / "run"
READY_TIMEOUT_S = 120
STOP_TIMEOUT_S = 60

# What a broker says before it gives up because ZooKeeper has not noticed yet that its predecessor
# was killed. It has to be started again until the old session is over.
STILL_REGISTERED = ["NodeExists", "A broker is already registered"]


class ClusterError(Exception):
    """A cluster could not be started or changed; the text says which and why."""


def wait_until(condition, timeout_s, what, every_s=0.1):
    """Returns the first true value of condition(); raises ClusterError after timeout_s."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise ClusterError(f"{what}: not after {timeout_s} s")
        time.sleep(every_s)


def free_ports(count):
    """Ports nobody listens on, below the range from which outgoing connections take theirs."""
    ports = []
    while len(ports) < count:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in ports:
            ports.append(port)
    return ports


def start_ticks(pid):
    """When the process began (clock ticks since boot), or None when there is no such process."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[19])


class Node:
    """One Java process of a cluster, in a directory of its own."""

    def __init__(self, directory, version, main_class):
        self.directory = directory
        self.version = version
        self.main_class = main_class
        self.data = directory / "data"
        self.config = directory / "node.properties"
        self.log = directory / "node.log"
        self.pid_file = directory / "pid"

    def pid(self):
        """The id of the running process, or None. A recycled id is told apart by its start time."""
        try:
            pid, ticks, _ = map(int, self.pid_file.read_text().split())
        except FileNotFoundError:
            return None
        return pid if start_ticks(pid) == ticks else None

    def start(self):
        command = kafka_jars.java_command(
            self.version, self.main_class, [str(self.config)], heap="384m", level="INFO"
        )
        with open(self.log, "ab") as log:
            log_start = log.tell()
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                start_new_session=True,
            )
        self.pid_file.write_text(f"{process.pid} {start_ticks(process.pid)} {log_start}\n")

    def stop(self, number=signal.SIGTERM):
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, number)
        try:
            self.wait_gone(STOP_TIMEOUT_S)
        except ClusterError:
            os.kill(pid, signal.SIGKILL)
            self.wait_gone(STOP_TIMEOUT_S)

    def wait_gone(self, timeout_s):
        def gone():
            self.reap()
            return self.pid() is None

        wait_until(gone, timeout_s, f"end of {self.directory.name}")
        self.pid_file.unlink(missing_ok=True)

    def reap(self):
        """Collects the process if it is a child of ours, so that it does not stay as a zombie."""
        try:
            os.waitpid(int(self.pid_file.read_text().split()[0]), os.WNOHANG)
        except (ChildProcessError, FileNotFoundError):
            pass

    def has_logged(self, text):
        """Whether this run of the process (not an earlier one) has written text to its log."""
        log_start = int(self.pid_file.read_text().split()[2])
        return text.encode() in self.log.read_bytes()[log_start:]

    def log_tail(self, lines=25):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""


class Cluster:
    """A cluster by name: Cluster.create starts a new one, Cluster.load finds one that was."""

    def __init__(self, facts):
        self.name = facts["name"]
        self.version = facts["version"]
        self.ports = facts["ports"]
        self.controller_ports = facts["controller_ports"]
        self.zookeeper_port = facts["zookeeper_port"]
        self.settings = facts["settings"]
        self.directory = RUN / self.name

    @staticmethod
    def create(
        name,
        version,
        *,
        ports=None,
        brokers=1,
        zookeeper=None,
        zookeeper_port=None,
        settings=None,
    ):
        """Starts a cluster and returns when every broker knows of all of them.

        zookeeper: None means whatever this version is known for: KRaft from 3.3, ZooKeeper before.
        A finished cluster of the same name is replaced; a running one is an error.
        """
        number = version_tuple(version)
        if zookeeper is None:
            zookeeper = number < (3, 3)
        if zookeeper and number >= (4,):
            raise ClusterError(f"Kafka {version} has no ZooKeeper mode")
        if not zookeeper and number < (3, 3):
            raise ClusterError(f"Kafka {version} needs ZooKeeper")
        free = free_ports(2 * brokers + 1)
        cluster = Cluster(
            {
                "name": name,
                "version": version,
                "ports": ports or free[:brokers],
                "controller_ports": [] if zookeeper else free[brokers : 2 * brokers],
                "zookeeper_port": (zookeeper_port or free[-1]) if zookeeper else None,
                "settings": settings or {},
            }
        )
        if cluster.running():
            raise ClusterError(f"{name} is running already; script/kafka down --name {name}")
        kafka_jars.fetch(version)
        shutil.rmtree(cluster.directory, ignore_errors=True)
        cluster.directory.mkdir(parents=True)
        cluster.facts_path().write_text(json.dumps(cluster.facts()))
        try:
            cluster.start()
        except BaseException:
            cluster.down()
            raise
        return cluster

    @staticmethod
    def load(name):
        path = RUN / name / "cluster.json"
        if not path.exists():
            raise ClusterError(f"no cluster named {name}")
        return Cluster(json.loads(path.read_text()))

    @staticmethod
    def all():
        return [Cluster.load(path.parent.name) for path in sorted(RUN.glob("*/cluster.json"))]

    def facts_path(self):
        return self.directory / "cluster.json"

    def facts(self):
        return {key: value for key, value in vars(self).items() if key != "directory"}

    @property
    def bootstrap(self):
        return ",".join(f"127.0.0.1:{port}" for port in self.ports)

    @property
    def zookeeper(self):
        return f"127.0.0.1:{self.zookeeper_port}" if self.zookeeper_port else None

    def broker(self, broker_id):
        """The node of a broker; ids count from 1."""
        if not 1 <= broker_id <= len(self.ports):
            raise ClusterError(f"{self.name} has brokers 1 to {len(self.ports)}")
        return Node(self.directory / f"broker-{broker_id}", self.version, "kafka.Kafka")

    def brokers(self):
        return [self.broker(broker_id) for broker_id in range(1, len(self.ports) + 1)]

    def zookeeper_node(self):
        main_class = "org.apache.zookeeper.server.quorum.QuorumPeerMain"
        return Node(self.directory / "zookeeper", self.version, main_class)

    def nodes(self):
        return self.brokers() + ([self.zookeeper_node()] if self.zookeeper_port else [])

    def running(self):
        return any(node.pid() for node in self.nodes())

    def start(self):
        for node in self.nodes():
            node.data.mkdir(parents=True)
        if self.zookeeper_port:
            self.start_zookeeper()
        else:
            self.format_kraft()
        for node in self.brokers():
            node.start()
        self.wait_ready()

    def start_zookeeper(self):
        node = self.zookeeper_node()
        kafka_config.write(node.config, kafka_config.zookeeper(self.zookeeper_port, node.data))
        for index, broker in enumerate(self.brokers()):
            properties = kafka_config.zookeeper_broker(
                self.version,
                index + 1,
                self.ports[index],
                broker.data,
                self.zookeeper,
                len(self.ports),
            )
            kafka_config.write(broker.config, {**properties, **self.settings})
        node.start()
        self.wait_node(node, lambda: port_answers(self.zookeeper_port), "ZooKeeper")

    def format_kraft(self):
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        formats = []
        for index, node in enumerate(self.brokers()):
            properties = kafka_config.kraft_broker(
                self.version, index + 1, self.ports[index], node.data, self.controller_ports
            )
            kafka_config.write(node.config, {**properties, **self.settings})
            # An id that begins with a dash would be taken for an option.
            args = ["format", f"--cluster-id={cluster_id}", "-c", str(node.config)]
            command = kafka_jars.java_command(
                self.version, "kafka.tools.StorageTool", args, options=["-XX:TieredStopAtLevel=1"]
            )
            formats.append((node, open(node.log, "ab"), command))
        running = [subprocess.Popen(c, stdout=log, stderr=log) for _, log, c in formats]
        for process, (node, log, _) in zip(running, formats):
            log.close()
            if process.wait() != 0:
                raise ClusterError(f"{self.name}: StorageTool format failed\n{node.log_tail()}")

    def start_broker(self, broker_id):
        """Starts a stopped broker again, on its data, and waits until the cluster is whole."""
        self.broker(broker_id).start()
        self.wait_ready()

    def stop_broker(self, broker_id, kill=False):
        self.broker(broker_id).stop(signal.SIGKILL if kill else signal.SIGTERM)

    def wait_ready(self):
        """Waits until each broker, asked itself, lists every broker of the cluster."""
        for node, port in zip(self.brokers(), self.ports):
            self.wait_node(
                node,
                lambda node=node, port=port: self.broker_ready(node, port),
                f"broker at port {port}",
            )

    def broker_ready(self, node, port):
        if version_tuple(self.version) < (0, 9):
            # These list no brokers at all until the first topic exists.
            return node.has_logged("started (kafka.server.KafkaServer)")
        return brokers_known(self.version, port) == len(self.ports)

    def wait_node(self, node, condition, what):
        def ready():
            node.reap()
            if node.pid() is not None:
                return condition()
            if not any(node.has_logged(text) for text in STILL_REGISTERED):
                raise ClusterError("it ended")
            node.start()
            return False

        try:
            wait_until(ready, READY_TIMEOUT_S, "ready")
        except ClusterError as error:
            raise ClusterError(f"{self.name}: {what}: {error}\n{node.log_tail()}") from None

    def down(self):
        """Ends every process at once and forgets the cluster; configuration and logs stay."""
        for node in self.nodes():
            node.stop(signal.SIGKILL)
            shutil.rmtree(node.data, ignore_errors=True)
        self.facts_path().unlink(missing_ok=True)


def port_answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def kcat_options(version):
    """Before 0.10 a broker cannot say which requests it knows, so the client has to be told."""
    if version_tuple(version) >= (0, 10):
        return []
    return ["-X", "api.version.request=false", "-X", f"broker.version.fallback={version}"]


def brokers_known(version, port):
    """How many brokers the broker at this port lists; 0 while it does not answer."""
    if not port_answers(port):
        return 0
    command = ["kcat", "-b", f"127.0.0.1:{port}", "-L", "-J", "-m", "3", *kcat_options(version)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return len(json.loads(done.stdout)["brokers"]) if done.returncode == 0 else 0
