"""server.properties for a broker of any version, and zoo.cfg for its ZooKeeper."""

from kafka_jars import version_tuple


def common(version, brokers):
    """What makes a broker start fast and stay small on one machine, whatever its version."""
    replication = min(brokers, 3)
    properties = {
        "num.network.threads": 2,
        "num.io.threads": 4,
        "log.cleaner.dedupe.buffer.size": 16 << 20,
        "offsets.topic.num.partitions": 4,
        "offsets.topic.replication.factor": replication,
        "transaction.state.log.num.partitions": 4,
        "transaction.state.log.replication.factor": replication,
        "transaction.state.log.min.isr": 1,
        "group.initial.rebalance.delay.ms": 0,
    }
    if version_tuple(version) >= (4, 1):
        properties["share.coordinator.state.topic.replication.factor"] = replication
        properties["share.coordinator.state.topic.min.isr"] = 1
    return properties


def zookeeper_broker(version, broker_id, port, data_dir, zookeeper_connect, brokers):
    properties = common(version, brokers)
    properties["broker.id"] = broker_id
    properties["log.dirs"] = data_dir
    properties["zookeeper.connect"] = zookeeper_connect
    properties["zookeeper.connection.timeout.ms"] = 30000
    properties["zookeeper.session.timeout.ms"] = 6000
    if version_tuple(version) >= (0, 9):
        properties["listeners"] = f"PLAINTEXT://127.0.0.1:{port}"
    else:
        properties["host.name"] = "127.0.0.1"
        properties["port"] = port
    return properties


def kraft_voters(controller_ports):
    """controller.quorum.voters: the first nodes, an odd number: any one of three may stop."""
    count = len(controller_ports) - 1 + len(controller_ports) % 2
    pairs = enumerate(controller_ports[:count], start=1)
    return [f"{node}@127.0.0.1:{port}" for node, port in pairs]


def kraft_broker(version, node_id, port, data_dir, controller_ports):
    voters = kraft_voters(controller_ports)
    controller = node_id <= len(voters)
    broker_listener = f"PLAINTEXT://127.0.0.1:{port}"
    controller_listener = f"CONTROLLER://127.0.0.1:{controller_ports[node_id - 1]}"
    properties = common(version, len(controller_ports))
    properties["node.id"] = node_id
    properties["process.roles"] = "broker,controller" if controller else "broker"
    properties["log.dirs"] = data_dir
    properties["listeners"] = (
        f"{broker_listener},{controller_listener}" if controller else broker_listener
    )
    properties["advertised.listeners"] = broker_listener
    properties["controller.listener.names"] = "CONTROLLER"
    properties["listener.security.protocol.map"] = "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"
    properties["controller.quorum.voters"] = ",".join(voters)
    return properties


def zookeeper(port, data_dir):
    return {
        "clientPort": port,
        "clientPortAddress": "127.0.0.1",
        "dataDir": data_dir,
        "tickTime": 2000,
        "maxClientCnxns": 0,
        "admin.enableServer": "false",
    }


def write(path, properties):
    path.write_text("".join(f"{key}={value}\n" for key, value in properties.items()))
