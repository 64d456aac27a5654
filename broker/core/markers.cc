#include "broker/core/markers.h"

#include <array>

#include "base/join.h"
#include "protocol/records/batch_builder.h"
#include "protocol/records/batch_crc.h"
#include "protocol/records/control.h"

namespace kmirror::broker {

using protocol::BatchView;
namespace field = protocol::batch_field;
namespace attribute = protocol::batch_attribute;

namespace {

// int16 version, int16 type; int16 version, int32 coordinator epoch.
constexpr std::size_t kKeyBytes = 4;
constexpr std::size_t kValueBytes = 6;

}  // namespace

Buffer make_marker(const Marker& marker) {
  std::array<std::uint8_t, kKeyBytes> key{};
  store_be(key.data() + 2, static_cast<std::int16_t>(marker.commit ? 1 : 0));
  std::array<std::uint8_t, kValueBytes> value{};
  store_be(value.data() + 2, marker.coordinator_epoch);
  protocol::BatchBuilder builder(compression::Codec::kNone);
  builder.append(marker.timestamp_ms, ConstBytes(key), ConstBytes(value));
  const protocol::BuiltBatch built = builder.finish();
  Buffer bytes = join(built.pieces);
  store_be(bytes.data() + field::kAttributes,
           static_cast<std::int16_t>(attribute::kControl | attribute::kTransactional));
  store_be(bytes.data() + field::kProducerId, marker.producer_id);
  store_be(bytes.data() + field::kProducerEpoch, marker.producer_epoch);
  protocol::write_crc(bytes);
  return bytes;
}

std::optional<Marker> read_marker(const BatchView& batch) {
  const auto type = protocol::control_type(batch);
  if (!type || *type == protocol::ControlType::kOther) return std::nullopt;
  protocol::RecordCursor cursor(batch.payload(), batch.record_count());
  protocol::RecordView record;
  if (!cursor.next(record) || !record.value || record.value->size() < kValueBytes) {
    return std::nullopt;
  }
  return Marker{.producer_id = batch.producer_id(),
                .producer_epoch = batch.producer_epoch(),
                .commit = *type == protocol::ControlType::kCommit,
                .coordinator_epoch = load_be<std::int32_t>(record.value->data() + 2),
                .timestamp_ms = batch.max_timestamp_ms()};
}

}  // namespace kmirror::broker
