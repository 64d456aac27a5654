#include "conformance/words.h"

#include <absl/strings/str_join.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "protocol/error_code.h"
#include "protocol/wire/records_view.h"

namespace kmirror::conformance {
namespace {

using protocol::FieldLayout;
using protocol::StructLayout;
using protocol::Value;
using protocol::ValueKind;

constexpr std::int16_t kFindCoordinator = 10;
constexpr std::int16_t kJoinGroup = 11;
constexpr std::int16_t kInitProducerId = 22;
constexpr std::int16_t kEndTxn = 26;

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

// Of a configuration: which keys there are differs from release to release.
constexpr std::string_view kKeysShown[] = {
    "cleanup.policy", "compression.type", "max.message.bytes", "message.timestamp.type",
    "node.id",        "num.partitions",   "retention.ms",      "segment.bytes",
};

class Words {
 public:
  Words(std::int16_t api_key, std::int16_t version, bool is_request, Masks& masks)
      : api_key_(api_key), version_(version), is_request_(is_request), masks_(masks) {}

  std::string fields(const StructLayout& layout, const void* object) {
    std::vector<std::string> shown;
    for (const FieldLayout& field : layout.fields) {
      if (!shows(layout, field, object)) continue;
      shown.push_back(fmt::format("{}={}", field.name, value(field.name, field.of(object))));
    }
    return absl::StrJoin(shown, " ");
  }

 private:
  bool shows(const StructLayout& layout, const FieldLayout& field, const void* object) const {
    if (!layout.shows(field, object, version_)) return false;
    if (is_request_) return !same_value(field.of(object), field.of(layout.defaults));
    return !is_one_of(field.name, {"throttleTimeMs", "errorMessage", "batchIndexErrorMessage",
                                   "documentation", "clusterId"});
  }

  std::string value(std::string_view name, Value value) {
    if (value.is_null()) return "null";
    value = value.held();
    switch (value.type->kind) {
      case ValueKind::kBool:
        return value.as<bool>() ? "true" : "false";
      case ValueKind::kInteger:
        return integer(name, value.integer());
      case ValueKind::kFloat64:
        return fmt::format("{}", value.as<double>());
      case ValueKind::kErrorCode:
        return std::string(error_name(value.as<protocol::ErrorCode>()));
      case ValueKind::kUuid:
        return masks_.topic_id(value.as<protocol::Uuid>());
      case ValueKind::kString:
        return text(name, value.as<std::string_view>());
      case ValueKind::kBytes:
        return fmt::format("{:?}", as_text(value.as<ConstBytes>()));
      case ValueKind::kRecords:
        return words_of_records(value.as<protocol::RecordsView>().bytes(), masks_);
      case ValueKind::kStruct:
        return "{" + fields(value.type->layout(), value.at) + "}";
      default:
        return array(name, value);
    }
  }

  std::string array(std::string_view name, Value array) {
    std::vector<std::string> elements;
    for (std::size_t i = 0; i < array.count(); ++i) {
      if (is_request_ || name != "configs" || is_key_shown(array[i])) {
        elements.push_back(value(name, array[i]));
      }
    }
    const bool is_of_structs = array.type->element_type->kind == ValueKind::kStruct;
    if (is_of_structs && !is_request_) std::ranges::sort(elements);
    return "[" + absl::StrJoin(elements, " ") + "]";
  }

  static bool is_key_shown(Value config) {
    const FieldLayout& key = config.type->layout().fields.front();
    const auto name = key.of(config.at).as<std::string_view>();
    return std::ranges::find(kKeysShown, name) != std::end(kKeysShown);
  }

  std::string integer(std::string_view name, std::int64_t number) {
    if (name == "producerId" || name == "v3AndBelowProducerId") {
      if (!is_request_ && (api_key_ == kInitProducerId || api_key_ == kEndTxn)) {
        masks_.learn_producer(number);
      }
      return masks_.producer(number);
    }
    if (name == "sessionId") return masks_.session(number);
    if (name == "port" && number > 0) return "$port";
    const bool is_any_node = name == "nodeId" && api_key_ == kFindCoordinator;
    if ((name == "controllerId" || is_any_node) && number >= 0) return "$node";
    if (is_one_of(name, {"logAppendTimeMs", "timestamp", "lastTimestamp"})) {
      return masks_.time(number);
    }
    return fmt::format("{}", number);
  }

  std::string text(std::string_view name, std::string_view text) {
    if (is_one_of(name, {"host", "clientHost"}) && !text.empty()) return "$host";
    const bool is_member = name == "memberId" || name == "leader";
    if (is_member && api_key_ == kJoinGroup && !is_request_) masks_.learn_member(text);
    return masks_.text(text);
  }

  std::int16_t api_key_;
  std::int16_t version_;
  bool is_request_;
  Masks& masks_;
};

}  // namespace

std::string words_of_request(const protocol::MessageType& type, const void* request,
                             std::int16_t version, Masks& masks) {
  Words words(type.api.key, version, true, masks);
  return fmt::format("{} v{} {}", type.api.name, version, words.fields(type.layout(), request));
}

std::string words_of_answer(const protocol::MessageType& type, const void* answer,
                            std::int16_t version, Masks& masks) {
  Words words(type.api.key, version, false, masks);
  return words.fields(type.layout(), answer);
}

}  // namespace kmirror::conformance
