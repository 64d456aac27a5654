#include "protocol/dump/partial_json.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "protocol/wire/json_writer.h"

namespace kmirror::protocol {

namespace {

using Json = nlohmann::ordered_json;

// Takes a name off the path: "a" of "a.b", "a[1].b" and "a". What is left begins with what follows
// the dot, or with the bracket.
std::string_view take_name(std::string_view& path) {
  const std::string_view name = path.substr(0, path.find_first_of(".["));
  path.remove_prefix(name.size());
  if (path.starts_with('.')) path.remove_prefix(1);
  return name;
}

// Takes "[1]" or "[1]." off the path.
std::size_t take_index(std::string_view& path) {
  std::size_t index = 0;
  std::from_chars(path.data() + 1, path.data() + path.size(), index);
  path.remove_prefix(path.find(']') + 1);
  if (path.starts_with('.')) path.remove_prefix(1);
  return index;
}

// Tagged fields are written last, in the order of their tags.
bool is_before(const FieldLayout& a, const FieldLayout& b) {
  if (a.spec.tag == kNotTagged && b.spec.tag == kNotTagged) return &a < &b;
  return a.spec.tag < b.spec.tag;
}

bool cut_value(const ValueType& type, std::string_view path, Json& json);

void cut_struct(const StructLayout& layout, std::string_view path, Json& json) {
  if (path.empty()) return;  // all its fields were read, and what follows them is malformed
  const std::string_view name = take_name(path);
  const auto failed = std::ranges::find(layout.fields, name, &FieldLayout::name);
  if (failed == layout.fields.end()) return;
  for (const FieldLayout& field : layout.fields) {
    if (is_before(field, *failed)) continue;
    const auto shown = json.find(std::string(field.name));
    if (shown == json.end()) continue;
    if (&field == &*failed && cut_value(*field.type, path, *shown)) continue;
    json.erase(shown);
  }
}

// False if nothing of the value was read.
bool cut_value(const ValueType& type, std::string_view path, Json& json) {
  switch (type.kind) {
    case ValueKind::kOptional:
      return cut_value(*type.element_type, path, json);
    case ValueKind::kStruct:
      if (!json.is_object()) return false;
      cut_struct(type.layout(), path, json);
      return true;
    case ValueKind::kArray: {
      if (!path.starts_with('[')) return false;
      const std::size_t index = take_index(path);
      if (!json.is_array() || index >= json.size()) return false;
      json.erase(json.begin() + static_cast<std::ptrdiff_t>(index) + 1, json.end());
      if (!cut_value(*type.element_type, path, json[index])) json.erase(index);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace

std::string partial_json(const StructLayout& layout, const void* message, std::int16_t version,
                         std::string_view error_path) {
  std::string text = to_json(layout, message, version);
  if (error_path.empty()) return text;
  Json json = Json::parse(text);
  cut_struct(layout, error_path, json);
  return json.dump();
}

}  // namespace kmirror::protocol
