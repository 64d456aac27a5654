#include "fuzz/packed_records.h"

#include "base/crc32.h"
#include "compression/codec.h"
#include "protocol/records/batch_crc.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/legacy_message.h"
#include "protocol/testing/message_set.h"

namespace kmirror::fuzz {
namespace {

using compression::Codec;
using protocol::testing::wrapper_of;

constexpr std::size_t kWrapperHeaderBytes = 18;

Buffer copy_of(ConstBytes bytes) {
  return {bytes.begin(), bytes.end()};
}

Buffer packed_batch(Codec codec, ConstBytes batch) {
  namespace field = protocol::batch_field;
  if (batch.size() < protocol::kBatchHeaderBytes) return {};
  Buffer packed = copy_of(batch.first(protocol::kBatchHeaderBytes));
  compression::Compressor compressor(codec);
  compressor.append(batch.subspan(protocol::kBatchHeaderBytes));
  compressor.finish(packed);
  const int attributes = load_be<std::int16_t>(packed.data() + field::kAttributes);
  store_be(packed.data() + field::kAttributes,
           static_cast<std::int16_t>((attributes & ~protocol::batch_attribute::kCodecMask) |
                                     static_cast<int>(codec)));
  store_be(packed.data() + field::kBatchLength,
           static_cast<std::int32_t>(packed.size() - protocol::kBatchPrefixBytes));
  packed[field::kMagic] = 2;
  return packed;
}

Buffer packed_wrapper(Codec codec, ConstBytes input) {
  if (input.size() < kWrapperHeaderBytes) return {};
  const auto attributes =
      static_cast<std::int8_t>(input[1] & ~protocol::batch_attribute::kCodecMask);
  Buffer within = copy_of(input.subspan(kWrapperHeaderBytes));
  set_checksums(within);
  return wrapper_of({.offset = load_be<std::int64_t>(input.data() + 2),
                     .magic = static_cast<std::int8_t>(input[0] & 1),
                     .attributes = attributes,
                     .timestamp_ms = load_be<std::int64_t>(input.data() + 10),
                     .key = {},
                     .value = {}},
                    codec, within);
}

}  // namespace

void set_checksums(MutableBytes records) {
  using protocol::BatchReader;
  BatchReader reader(records);
  BatchReader::Step step;
  while ((step = reader.next()) == BatchReader::Step::kBatch ||
         step == BatchReader::Step::kLegacy) {
    const ConstBytes entry = reader.bytes();
    std::uint8_t* const to = records.data() + (entry.data() - records.data());
    if (step == BatchReader::Step::kBatch) {
      protocol::write_crc({to, entry.size()});
    } else {
      store_be(to + protocol::message_field::kCrc,
               crc32(entry.subspan(protocol::message_field::kMagic)));
    }
  }
}

Buffer packed_batches(ConstBytes input) {
  if (input.empty()) return {};
  const int form = input[0] % kBatchForms;
  const ConstBytes rest = input.subspan(1);
  Buffer records = form == 0 ? copy_of(rest) : packed_batch(static_cast<Codec>(form - 1), rest);
  set_checksums(records);
  return records;
}

Buffer packed_messages(ConstBytes input) {
  if (input.empty()) return {};
  const int form = input[0] % kMessageForms;
  const ConstBytes rest = input.subspan(1);
  Buffer records = form == 0 ? copy_of(rest) : packed_wrapper(static_cast<Codec>(form), rest);
  set_checksums(records);
  return records;
}

}  // namespace kmirror::fuzz
