// Compressed batches: what stays as it came, and what brokers build anew.
#include "conformance/steps.h"
#include "conformance/stories.h"

namespace kmirror::conformance {
namespace {

Awaitable<void> stored_as(Story& story, Codec codec, std::string_view configs) {
  co_await produce_alone(story, batch_of(records(3), codec), configs);
}

Buffer damaged(Codec codec, std::size_t at) {
  const Buffer batch = batch_of(records(3), codec);
  Buffer payload(batch.begin() + protocol::kBatchHeaderBytes, batch.end());
  payload[at] ^= 0xff;
  return with_payload(batch, payload);
}

constexpr Telling kStories[] = {
    {"gzip is stored as it came", [](Story& s) { return stored_as(s, Codec::kGzip, ""); }},
    {"snappy is stored as it came", [](Story& s) { return stored_as(s, Codec::kSnappy, ""); }},
    {"lz4 is stored as it came", [](Story& s) { return stored_as(s, Codec::kLz4, ""); }},
    {"zstd is stored as it came", [](Story& s) { return stored_as(s, Codec::kZstd, ""); }},
    {"a topic's codec is applied to what comes without",
     [](Story& s) { return stored_as(s, Codec::kNone, "compression.type=gzip"); }},
    {"a topic's codec replaces another one",
     [](Story& s) { return stored_as(s, Codec::kLz4, "compression.type=zstd"); }},
    {"a topic's codec leaves a batch that has it",
     [](Story& s) { return stored_as(s, Codec::kSnappy, "compression.type=snappy"); }},
    {"a topic without compression takes batches apart",
     [](Story& s) { return stored_as(s, Codec::kGzip, "compression.type=uncompressed"); }},
    {"a batch built anew keeps its producer",
     [](Story& s) {
       return produce_alone(s, batch_of(from({1LL << 62, 4}, 0, 2)), "compression.type=lz4");
     }},
    {"a batch built anew loses the delete horizon",
     [](Story& s) {
       StoredBatch batch = records(2);
       batch.attributes = batch_attribute::kDeleteHorizon;
       return produce_alone(s, batch_of(batch), "compression.type=lz4");
     }},
    {"a batch built anew has the time of its appending where the topic says so",
     [](Story& s) {
       return produce_alone(s, plain(2),
                            "compression.type=gzip message.timestamp.type=LogAppendTime");
     }},
    {"zstd in version 6 is refused with UNSUPPORTED_COMPRESSION_TYPE",
     [](Story& s) {
       return produce_alone(s, batch_of(records(1), Codec::kZstd), "", {.version = 6});
     }},
    {"a codec that does not exist is refused",
     [](Story& s) {
       StoredBatch batch = records(1);
       batch.attributes = 5;
       return produce_alone(s, batch_of(batch));
     }},
    {"gzip that is damaged at its beginning is refused",
     [](Story& s) { return produce_alone(s, damaged(Codec::kGzip, 0)); }},
    {"snappy that is damaged at its beginning is refused",
     [](Story& s) { return produce_alone(s, damaged(Codec::kSnappy, 18)); }},
    {"lz4 that is damaged at its beginning is refused",
     [](Story& s) { return produce_alone(s, damaged(Codec::kLz4, 0)); }},
    {"lz4 with a wrong header checksum is refused",
     [](Story& s) { return produce_alone(s, damaged(Codec::kLz4, 6)); }},
    {"zstd that is damaged at its beginning is refused",
     [](Story& s) { return produce_alone(s, damaged(Codec::kZstd, 0)); }},
    {"a compressed batch of fewer records than it says is refused",
     [](Story& s) {
       Buffer batch = batch_of(records(2), Codec::kGzip);
       batch = change(std::move(batch), batch_field::kLastOffsetDelta, std::int32_t{2});
       return produce_alone(s,
                            change(std::move(batch), batch_field::kRecordCount, std::int32_t{3}));
     }},
    {"a compressed batch of more records than it says is refused",
     [](Story& s) {
       Buffer batch = batch_of(records(3), Codec::kGzip);
       batch = change(std::move(batch), batch_field::kLastOffsetDelta, std::int32_t{1});
       return produce_alone(s,
                            change(std::move(batch), batch_field::kRecordCount, std::int32_t{2}));
     }},
};

}  // namespace

std::span<const Telling> produce_codec_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
