#include "protocol/wire/printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "base/bytes.h"
#include "protocol/error_code.h"
#include "protocol/wire/records_view.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {
namespace {

constexpr std::size_t kElementsShown = 3;

// A code that Kafka will not get to.
constexpr auto kUnlisted = static_cast<ErrorCode>(std::numeric_limits<std::int16_t>::min());

class Printer {
 public:
  explicit Printer(std::int16_t version) : version_(version) {}

  void fields(const StructLayout& layout, const void* object) {
    for (const FieldLayout& field : layout.fields) {
      if (!layout.shows(field, object, version_)) continue;
      put("{}{}=", gap(), field.name);
      value(field.of(object), field.spec);
    }
    tags(layout.unknown_tagged_fields(object));
  }

  void tags(const TaggedFields& unknown) {
    for (const TaggedField& field : unknown) {
      put("{}tag{}={} bytes", gap(), field.tag, field.data.size());
    }
  }

  void value(Value value, const Spec& spec) {
    if (value.is_null()) return put("null");
    value = value.held();
    if (spec.secret) return put("***");
    switch (value.type->kind) {
      case ValueKind::kBool:
        return put("{}", value.as<bool>());
      case ValueKind::kInteger:
        return put("{}", value.integer());
      case ValueKind::kFloat64:
        return put("{}", value.as<double>());
      case ValueKind::kErrorCode:
        return error_code(value.as<ErrorCode>());
      case ValueKind::kUuid:
        return put("{}", value.as<Uuid>().to_string());
      case ValueKind::kString:
        return put("{:?}", value.as<std::string_view>());
      case ValueKind::kBytes:
        return put("{} bytes", value.as<ConstBytes>().size());
      case ValueKind::kRecords:
        return put("{} bytes", value.as<RecordsView>().size());
      case ValueKind::kStruct:
        put("{{");
        fields(value.type->layout(), value.at);
        return put("}}");
      case ValueKind::kArray:
        return array(value, spec);
      case ValueKind::kOptional:
        return;  // an optional holds none
    }
  }

  std::string finish() { return std::move(out_); }

 private:
  template <class... Args>
  void put(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }

  // Between this and what stands before it.
  std::string_view gap() const {
    return out_.empty() || out_.ends_with('{') || out_.ends_with('[') ? "" : " ";
  }

  void error_code(ErrorCode code) {
    const std::string_view name = error_name(code);
    if (name == error_name(kUnlisted)) return put("{}", static_cast<int>(code));
    put("{}", name);
  }

  void array(Value array, const Spec& spec) {
    const std::size_t count = array.count();
    put("[");
    for (std::size_t i = 0; i < std::min(count, kElementsShown); ++i) {
      put("{}", gap());
      value(array[i], spec);
    }
    if (count > kElementsShown) put(" +{} more", count - kElementsShown);
    put("]");
  }

  std::int16_t version_;
  std::string out_;
};

}  // namespace

std::string print(const StructLayout& layout, const void* message, std::int16_t version) {
  Printer printer(version);
  printer.fields(layout, message);
  return printer.finish();
}

std::string print(Value value, const Spec& spec, std::int16_t version) {
  Printer printer(version);
  printer.value(value, spec);
  return printer.finish();
}

std::string print(const TaggedFields& unknown) {
  Printer printer(0);
  printer.tags(unknown);
  return printer.finish();
}

}  // namespace kmirror::protocol
