// The keys of one side only: ConsumerConfig and ProducerConfig of kafka-clients 2.8 to 4.1, the old
// kafka.consumer and kafka.producer of 0.8 to 1.1, and this program's own.
#include "mirror/config/known_keys.h"

namespace kmirror::mirror {
namespace {

constexpr std::string_view kCommitsItself =
    "progress is committed only after the destination has acknowledged";

constexpr KnownKey kConsumer[] = {
    {"allow.auto.create.topics", KeyRole::kNoEffect, boolean()},
    {"auto.commit.enable", KeyRole::kNotFollowed, boolean(), kCommitsItself, "false"},
    {"auto.commit.interval.ms", KeyRole::kNoEffect, number()},
    {"auto.offset.reset", KeyRole::kUsed, one_of("earliest,latest,none,smallest,largest")},
    {"check.crcs", KeyRole::kNoEffect, boolean()},
    {"client.rack", KeyRole::kNotFollowed, any_value(), "records are read from leaders only"},
    {"consumer.id", KeyRole::kNoEffect, any_value()},
    {"consumer.timeout.ms", KeyRole::kNoEffect, number(-1)},
    {"default.api.timeout.ms", KeyRole::kNoEffect, number()},
    {"dual.commit.enabled", KeyRole::kNoEffect, boolean()},
    {"enable.auto.commit", KeyRole::kNotFollowed, boolean(), kCommitsItself, "false"},
    {"exclude.internal.topics", KeyRole::kNotFollowed, boolean(),
     "an internal topic is mirrored only when the topic list names it literally", "true"},
    {"fetch.max.bytes", KeyRole::kUsed, number()},
    {"fetch.max.wait.ms", KeyRole::kUsed, number()},
    {"fetch.message.max.bytes", KeyRole::kUsed, number()},
    {"fetch.min.bytes", KeyRole::kUsed, number()},
    {"fetch.wait.max.ms", KeyRole::kUsed, number()},
    {"group.id", KeyRole::kUsed, any_value()},
    {"group.instance.id", KeyRole::kNoEffect, any_value()},
    {"group.protocol", KeyRole::kNoEffect, one_of("classic,consumer")},
    {"group.remote.assignor", KeyRole::kNoEffect, any_value()},
    {"heartbeat.interval.ms", KeyRole::kNoEffect, number()},
    {"isolation.level", KeyRole::kUsed, one_of("read_committed,read_uncommitted")},
    {"key.deserializer", KeyRole::kNoEffect, any_value()},
    {"max.partition.fetch.bytes", KeyRole::kUsed, number()},
    {"max.poll.interval.ms", KeyRole::kNoEffect, number(1)},
    {"max.poll.records", KeyRole::kNoEffect, number(1)},
    {"num.consumer.fetchers", KeyRole::kNoEffect, number(1)},
    {"offsets.channel.backoff.ms", KeyRole::kNoEffect, number()},
    {"offsets.channel.socket.timeout.ms", KeyRole::kNoEffect, number()},
    {"offsets.commit.max.retries", KeyRole::kNoEffect, number()},
    {"offsets.storage", KeyRole::kNoEffect, one_of("zookeeper,kafka")},
    {"partition.assignment.strategy", KeyRole::kNoEffect, any_value()},
    {"queued.max.message.chunks", KeyRole::kNoEffect, number()},
    {"rebalance.backoff.ms", KeyRole::kNoEffect, number()},
    {"rebalance.max.retries", KeyRole::kNoEffect, number()},
    {"refresh.leader.backoff.ms", KeyRole::kNoEffect, number()},
    {"session.timeout.ms", KeyRole::kNoEffect, number()},
    {"share.acknowledgement.mode", KeyRole::kNoEffect, one_of("implicit,explicit")},
    {"socket.receive.buffer.bytes", KeyRole::kNoEffect, number(-1)},
    {"socket.timeout.ms", KeyRole::kUsed, number(1)},
    {"value.deserializer", KeyRole::kNoEffect, any_value()},
    {"zookeeper.connect", KeyRole::kUsed, any_value()},
    {"zookeeper.connection.timeout.ms", KeyRole::kUsed, number(1)},
    {"zookeeper.session.timeout.ms", KeyRole::kUsed, number(1)},
    {"zookeeper.sync.time.ms", KeyRole::kNoEffect, number()},
};

constexpr std::string_view kWaitsForAll =
    "the mirror waits for all in-sync replicas, so that nothing acknowledged is lost";
constexpr std::string_view kNeverGivenUp =
    "sending is retried until it succeeds, because a record given up would be lost";
constexpr std::string_view kPartitioningRules = "use partitioning=auto, identity or key instead";

constexpr KnownKey kProducer[] = {
    {"acks", KeyRole::kNotFollowed, one_of("all,-1,0,1"), kWaitsForAll, "all,-1"},
    {"batch.num.messages", KeyRole::kNoEffect, number()},
    {"batch.size", KeyRole::kNoEffect, number()},
    {"buffer.memory", KeyRole::kNoEffect, number(0, kMaxInt64)},
    {"compressed.topics", KeyRole::kNotFollowed, any_value(),
     "compression.type holds for every topic"},
    {"compression.codec", KeyRole::kUsed, one_of("none,gzip,snappy,lz4,0,1,2,3")},
    {"compression.gzip.level", KeyRole::kUsed, one_of("-1,1,2,3,4,5,6,7,8,9")},
    {"compression.lz4.level", KeyRole::kUsed, number(1, 17)},
    {"compression.type", KeyRole::kUsed, one_of("producer,none,gzip,snappy,lz4,zstd")},
    {"compression.zstd.level", KeyRole::kUsed, number(-131072, 22)},
    {"delivery.timeout.ms", KeyRole::kNotFollowed, number(1), kNeverGivenUp, "2147483647"},
    {"enable.idempotence", KeyRole::kUsed, boolean()},
    {"internal.auto.downgrade.txn.commit", KeyRole::kNoEffect, boolean()},
    {"key.serializer", KeyRole::kNoEffect, any_value()},
    {"key.serializer.class", KeyRole::kNoEffect, any_value()},
    {"linger.ms", KeyRole::kNoEffect, number(0, kMaxInt64)},
    {"max.block.ms", KeyRole::kNoEffect, number(0, kMaxInt64)},
    {"max.in.flight.requests.per.connection", KeyRole::kUsed, number(1)},
    {"max.request.size", KeyRole::kUsed, number(1)},
    {"message.send.max.retries", KeyRole::kNotFollowed, number(), kNeverGivenUp, "2147483647"},
    {"metadata.broker.list", KeyRole::kUsed, any_value()},
    {"metadata.max.idle.ms", KeyRole::kNoEffect, number(0, kMaxInt64)},
    {"partitioner.adaptive.partitioning.enable", KeyRole::kNoEffect, boolean()},
    {"partitioner.availability.timeout.ms", KeyRole::kNoEffect, number(0, kMaxInt64)},
    {"partitioner.class", KeyRole::kRefused, any_value(), kPartitioningRules,
     "org.apache.kafka.clients.producer.internals.DefaultPartitioner"},
    {"partitioner.ignore.keys", KeyRole::kRefused, boolean(), kPartitioningRules, "false"},
    {"producer.type", KeyRole::kNoEffect, one_of("sync,async")},
    {"queue.buffering.max.messages", KeyRole::kNoEffect, number()},
    {"queue.buffering.max.ms", KeyRole::kNoEffect, number()},
    {"queue.enqueue.timeout.ms", KeyRole::kNoEffect, number(-1)},
    {"request.required.acks", KeyRole::kNotFollowed, one_of("-1,0,1,all"), kWaitsForAll, "all,-1"},
    {"retries", KeyRole::kNotFollowed, number(), kNeverGivenUp, "2147483647"},
    {"serializer.class", KeyRole::kNoEffect, any_value()},
    {"topic.metadata.refresh.interval.ms", KeyRole::kNoEffect, number(-1)},
    {"transaction.timeout.ms", KeyRole::kNoEffect, number()},
    {"transaction.two.phase.commit.enable", KeyRole::kNoEffect, boolean()},
    {"transactional.id", KeyRole::kRefused, any_value(),
     "the mirror does not produce in transactions yet"},
    {"value.serializer", KeyRole::kNoEffect, any_value()},
};

constexpr KnownKey kOwn[] = {
    {"batch.memory", KeyRole::kUsed, bytes(1 << 20, 1 << 30)},
    {"coalesce", KeyRole::kUsed, one_of("on,off")},
    {"delivery", KeyRole::kRefused, one_of("at-least-once,exactly-once"),
     "exactly-once is not implemented yet", "at-least-once"},
    {"destination.partitions", KeyRole::kUsed, number(1)},
    {"destination.replication.factor", KeyRole::kUsed, number(1, 32767)},
    {"memory", KeyRole::kUsed, bytes(1 << 20, std::int64_t{1} << 40)},
    {"partitioning", KeyRole::kUsed, one_of("auto,identity,key")},
    {"threads", KeyRole::kUsed, number(0, 1024)},
    {"topic.prefix", KeyRole::kUsed, any_value()},
};

}  // namespace

std::span<const KnownKey> consumer_only_keys() {
  return kConsumer;
}
std::span<const KnownKey> producer_only_keys() {
  return kProducer;
}
std::span<const KnownKey> own_keys() {
  return kOwn;
}

}  // namespace kmirror::mirror
