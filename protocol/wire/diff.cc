#include "protocol/wire/diff.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/wire/printer.h"

namespace kmirror::protocol {
namespace {

class Differ {
 public:
  explicit Differ(std::int16_t version) : version_(version) {}

  void structs(const StructLayout& layout, const void* a, const void* b, const std::string& path) {
    const std::string prefix = path.empty() ? "" : path + ".";
    for (const FieldLayout& field : layout.fields) {
      if (!field.spec.contains(version_)) continue;
      values(field.of(a), field.of(b), field.spec, fmt::format("{}{}", prefix, field.name));
    }
    const TaggedFields& tags_a = layout.unknown_tagged_fields(a);
    const TaggedFields& tags_b = layout.unknown_tagged_fields(b);
    if (tags_a != tags_b) note(prefix + "unknownTaggedFields", print(tags_a), print(tags_b));
  }

  std::vector<std::string> finish() { return std::move(lines_); }

 private:
  void note(const std::string& path, const std::string& a, const std::string& b) {
    lines_.push_back(fmt::format("{}: {}, {}", path, a, b));
  }

  void values(Value a, Value b, const Spec& spec, const std::string& path) {
    if (same_value(a, b)) return;
    if (a.is_null() || b.is_null()) {
      return note(path, print(a, spec, version_), print(b, spec, version_));
    }
    a = a.held();
    b = b.held();
    if (a.type->kind == ValueKind::kStruct) return structs(a.type->layout(), a.at, b.at, path);
    if (a.type->kind == ValueKind::kArray) return arrays(a, b, spec, path);
    note(path, print(a, spec, version_), print(b, spec, version_));
  }

  void arrays(Value a, Value b, const Spec& spec, const std::string& path) {
    if (a.count() != b.count()) {
      note(path, fmt::format("{} elements", a.count()), fmt::format("{} elements", b.count()));
    }
    for (std::size_t i = 0; i < std::min(a.count(), b.count()); ++i) {
      values(a[i], b[i], spec, fmt::format("{}[{}]", path, i));
    }
  }

  std::int16_t version_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> diff(const StructLayout& layout, const void* a, const void* b,
                              std::int16_t version) {
  Differ differ(version);
  differ.structs(layout, a, b, "");
  return differ.finish();
}

}  // namespace kmirror::protocol
