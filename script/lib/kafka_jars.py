"""The jars of one Kafka version, from Maven Central, and Java command lines that use them.

Jars are fetched once into build/kafka/libs/<version>, or below KMIRROR_KAFKA_CACHE when set; what
else is asked for by its name into <version>-<name>.
"""

import fcntl
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIB = pathlib.Path(__file__).resolve().parent

# What a JDK of today no longer opens by itself, and old Kafka and ZooKeeper look into.
ADD_OPENS = [
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
]


class FetchError(Exception):
    """Maven could not bring the jars; the text holds the end of what it said."""


def version_tuple(version):
    """'3.9.1' -> (3, 9, 1), to compare versions with."""
    return tuple(int(part) for part in version.split("."))


def cache_dir():
    default = ROOT / "build" / "kafka" / "libs"
    return pathlib.Path(os.environ.get("KMIRROR_KAFKA_CACHE", default))


def artifacts(version):
    """(group, artifact, version) of what a broker and the console tools of this version need."""
    number = version_tuple(version)
    scala = "2.13" if number >= (3,) else "2.12" if number >= (1,) else "2.11"
    wanted = [("org.apache.kafka", f"kafka_{scala}", version)]
    if number >= (1,):
        wanted.append(("org.apache.kafka", "kafka-tools", version))
    else:
        # Left out of these poms or of a JDK since 11.
        wanted.append(("javax.xml.bind", "jaxb-api", "2.3.1"))
        wanted.append(("log4j", "log4j", "1.2.17"))
    if number >= (4,):
        # 4.x brings log4j 2 without the bridge from slf4j.
        wanted.append(("org.apache.logging.log4j", "log4j-slf4j-impl", "2.24.3"))
    return wanted


def pom(wanted):
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        f"<version>{number}</version></dependency>\n"
        for group, artifact, number in wanted
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0">\n'
        "<modelVersion>4.0.0</modelVersion>\n"
        "<groupId>kmirror</groupId><artifactId>kafka-jars</artifactId><version>1</version>\n"
        f"<packaging>pom</packaging>\n<dependencies>\n{dependencies}</dependencies></project>\n"
    )


def fetch(version, artifact=None):
    """Returns the directory with the jars of this version, after fetching them if need be; or with
    those of another artifact of Kafka's.
    """
    name = f"{version}-{artifact}" if artifact else version
    wanted = [("org.apache.kafka", artifact, version)] if artifact else artifacts(version)
    directory = cache_dir() / name
    if directory.is_dir():
        return directory
    cache_dir().mkdir(parents=True, exist_ok=True)
    with open(cache_dir() / f".{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if directory.is_dir():
            return directory
        # Renamed into place only when complete, so that an interrupted fetch leaves nothing usable.
        temporary = pathlib.Path(tempfile.mkdtemp(prefix=f".{name}.", dir=cache_dir()))
        try:
            copy_dependencies(wanted, temporary)
            temporary.chmod(0o755)
            temporary.rename(directory)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return directory


def copy_dependencies(wanted, directory):
    pom_path = directory / "pom.xml"
    pom_path.write_text(pom(wanted))
    command = ["mvn", "-q", "-B", "-f", str(pom_path), "dependency:copy-dependencies"]
    command += ["-DincludeScope=runtime", f"-DoutputDirectory={directory}"]
    # A registry that is slow to answer once is no reason to fail a whole test run.
    for _ in range(3):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode == 0:
            return
    names = ", ".join(":".join(each) for each in wanted)
    raise FetchError(f"{names}: maven failed\n" + "\n".join(done.stdout.splitlines()[:20]))


def java_command(
    version, main_class, args=(), *, heap="512m", level="ERROR", classes=None, options=()
):
    """The command line that runs a Java class with the jars of this version.

    classes: a directory of our own compiled classes to put in front. level: log4j's, to stderr.
    """
    directory = fetch(version)
    class_path = f"{directory}/*" if classes is None else f"{classes}:{directory}/*"
    return [
        "java",
        f"-Xmx{heap}",
        "-XX:+UseSerialGC",
        *ADD_OPENS,
        "-Dzookeeper.sasl.client=false",
        f"-Dkmirror.level={level}",
        f"-Dlog4j.configuration=file:{LIB}/log4j.properties",
        f"-Dlog4j2.configurationFile=file:{LIB}/log4j2.properties",
        *options,
        "-cp",
        class_path,
        main_class,
        *args,
    ]
