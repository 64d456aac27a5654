"""What is measured: a table of works, each with a topic to fill and who copies it."""

import dataclasses

ALL = ("kmirror", "MirrorMaker 1", "MirrorMaker 2")
WITHOUT_MM2 = ALL[:2]
PASSED = ("bare loop", *ALL)  # where batches pass through
PASSED_WITHOUT_MM2 = PASSED[:3]


@dataclasses.dataclass(frozen=True)
class Copy:
    """A topic with a backlog is copied as fast as it goes."""

    name: str
    title: str
    records: int
    fill: tuple  # flags of build/release/bench/fill
    partitions: int = 8
    copy_partitions: int = 8
    codec: str = "none"
    contenders: tuple = ALL
    settings: tuple = ()  # pairs of kmirror's own
    recodes: tuple = ()  # flags of build/release/bench/recode, where records have to be opened


@dataclasses.dataclass(frozen=True)
class Latency:
    """Records at a steady rate, as they become visible at both ends."""

    name: str
    title: str
    rate: int
    contenders: tuple = ALL
    settings: tuple = ()


@dataclasses.dataclass(frozen=True)
class Link:
    """A backlog is copied over a long or a narrow line to one of the clusters."""

    name: str
    title: str
    side: str  # source or destination
    records: int
    fill: tuple
    round_trip_ms: int
    bytes_a_second: int
    partitions: int = 1
    contenders: tuple = ALL[:1]
    settings: tuple = ()


@dataclasses.dataclass(frozen=True)
class Idle:
    """Topics that nothing is written to, mirrored."""

    name: str
    title: str
    topics: int
    partitions: int  # of each
    contenders: tuple = ALL[:1]
    settings: tuple = ()


@dataclasses.dataclass(frozen=True)
class Start:
    """From the start of the process to the first record at the destination; all topics exist."""

    name: str
    title: str
    partitions: int = 8
    contenders: tuple = ALL
    settings: tuple = ()


def identity(name, value_bytes, records):
    title = f"{value_bytes} B values, uncompressed"
    fill = ("--value-bytes", value_bytes)
    return Copy(name, title, records, fill, contenders=PASSED)


def compressed(codec, contenders=PASSED_WITHOUT_MM2):
    fill = ("--json", "--value-bytes", 200, "--codec", codec)
    title = f"200 B values of JSON, {codec}"
    return Copy(codec, title, 4_000_000, fill, codec=codec, contenders=contenders)


def one_record(name, more, contenders, settings):
    title = f"batches of one record of 100 B{more}"
    fill = ("--value-bytes", 100, "--batch-bytes", 1)
    return Copy(name, title, 2_000_000, fill, contenders=contenders, settings=settings)


def grown(partitions):
    title = f"256 B values, uncompressed, {partitions:,} partitions"
    fill = ("--value-bytes", 256)
    return Copy(
        f"partitions-{partitions}",
        title,
        4_000_000,
        fill,
        partitions=partitions,
        copy_partitions=partitions,
        contenders=PASSED[:2],
    )


def long_link(side, batch_kib):
    return Link(
        f"long-link-{side}-{batch_kib}k",
        f"one partition, batches of {batch_kib} KiB, 80 ms to the {side}, 100 MB/s",
        side,
        1_000_000 if batch_kib > 100 else 200_000,
        ("--value-bytes", 1024, "--batch-bytes", batch_kib << 10),
        round_trip_ms=80,
        bytes_a_second=100_000_000,
    )


def split(name, title, fill, **more):
    """MirrorMaker 2 does not do that: it keeps a record's partition."""
    fill = (*fill, "--keys", 10_000)
    title = f"split by key, 8 to 12: {title}"
    return Copy(name, title, 4_000_000, fill, copy_partitions=12, contenders=WITHOUT_MM2, **more)


WORKS = {
    work.name: work
    for work in (
        identity("identity-256", 256, 4_000_000),
        identity("identity-1k", 1024, 2_000_000),
        compressed("zstd", PASSED),
        compressed("lz4"),
        compressed("gzip"),
        compressed("snappy"),
        split("split-256", "256 B values, uncompressed", ("--value-bytes", 256)),
        split(
            "split-zstd",
            "200 B values of JSON, zstd",
            ("--json", "--value-bytes", 200, "--codec", "zstd"),
            codec="zstd",
            recodes=("--value-bytes", 200, "--keys", 10_000),
        ),
        one_record("one-record", "", WITHOUT_MM2, ()),
        one_record("one-record-off", ", coalesce=off", ALL[:1], (("coalesce", "off"),)),
        grown(10),
        grown(100),
        grown(1000),
        grown(2000),
        long_link("source", 256),
        long_link("destination", 256),
        long_link("source", 16),
        long_link("destination", 16),
        Link(
            "slow-destination",
            "8 partitions, a destination that takes 15 MB/s",
            "destination",
            1_000_000,
            ("--value-bytes", 256),
            round_trip_ms=0,
            bytes_a_second=15_000_000,
            partitions=8,
        ),
        Latency("latency-200", "200 records/s", 200),
        Latency("latency-5000", "5,000 records/s", 5000),
        Idle("idle-10000", "10,000 partitions without anything new", 5, 2000),
        Start("start", "process start to the first record copied"),
    )
}
