// Our describe() functions against Kafka's official message schemas, version by version and field
// by field: order, name, type, nullable, tag, default, and whether a missing field may be dropped.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <map>
#include <optional>
#include <ranges>
#include <set>

#include "golden_files.h"
#include "proof.h"
#include "protocol/messages/registry.h"
#include "protocol/wire/schema_dump.h"

namespace kmirror::protocol {
namespace {

using Json = nlohmann::json;

// "0+", "3-7", "5" or "none", as the schemas write ranges of versions.
VersionRange range_of(const Json& object, const char* key) {
  constexpr VersionRange kEmpty{.min = 0, .max = -1};
  if (!object.contains(key) || object[key] == "none") return kEmpty;
  const std::string text = object[key];
  const auto number = [](const std::string& digits) {
    return static_cast<std::int16_t>(std::stoi(digits));
  };
  const std::int16_t first = number(text);
  if (text.ends_with('+')) return {first, std::numeric_limits<std::int16_t>::max()};
  const std::size_t dash = text.find('-');
  return {first, dash == std::string::npos ? first : number(text.substr(dash + 1))};
}

std::string default_of(const Json& field, const std::string& type) {
  const bool is_integer = type.starts_with("int");
  const bool is_number = is_integer || type == "float64";
  if (!field.contains("default")) return is_number ? "0" : type == "bool" ? "false" : "";
  const Json& value = field["default"];
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  return is_integer ? fmt::format("{}", std::stoll(text, nullptr, 0)) : text;
}

// Lines of one version's fields, in the order of the wire, nested ones indented. Both sides are
// brought into this form and compared as text.
using Lines = std::vector<std::string>;

struct Line {
  int depth;
  std::string name;
  std::string type;
  bool nullable;
  int tag;
  std::string default_value;

  std::string text() const {
    return fmt::format("{:{}}{} {}{} tag {} default '{}'", "", depth * 2, name, type,
                       nullable ? " nullable" : "", tag, default_value);
  }
};

class OfficialSchema {
 public:
  // Without versions or fields where this client does not have the message.
  OfficialSchema(std::string_view client_version, const std::string& message)
      : json_(golden::schema(client_version, message).value_or(kNoMessage)) {
    for (const Json& common : json_.value("commonStructs", Json::array())) {
      common_[common["name"]] = common["fields"];
    }
  }

  // Empty where this client does not have the message.
  VersionRange versions() const { return range_of(json_, "validVersions"); }
  bool has(std::int16_t version) const { return versions().contains(version); }
  // Its layout may still change, so clients do not use it.
  bool is_unstable(std::int16_t version) const {
    return json_.value("latestVersionUnstable", false) && !has(version + 1);
  }
  bool flexible_in(std::int16_t version) const {
    return range_of(json_, "flexibleVersions").contains(version);
  }
  // Of a coordinator's records it is their type, and no key.
  std::int16_t key() const {
    const std::string type = json_["type"];
    return type == "request" || type == "response" ? json_["apiKey"].get<std::int16_t>() : kNoKey;
  }
  const Json& fields() const { return json_["fields"]; }

  Lines lines(std::int16_t version) const {
    Lines out;
    add(fields(), version, 0, out);
    return out;
  }

  // The fields of the struct, or of the array of structs, that a field of this type holds.
  const Json& fields_of(const Json& field) const {
    static const Json none = Json::array();
    if (field.contains("fields")) return field["fields"];
    const std::string type = field["type"];
    const auto common = common_.find(type.starts_with("[]") ? type.substr(2) : type);
    return common == common_.end() ? none : common->second;
  }

 private:
  inline static const Json kNoMessage = {{"fields", Json::array()}};

  // Whatever is not one of the wire's own types is a struct.
  static std::string type_of(const Json& field) {
    const std::string type = field["type"];
    const std::string array = type.starts_with("[]") ? "[]" : "";
    const std::string element = type.substr(array.size());
    const bool is_struct = std::isupper(static_cast<unsigned char>(element.front())) != 0;
    return array + (is_struct ? "struct" : element);
  }

  void add(const Json& fields, std::int16_t version, int depth, Lines& out) const {
    for (const Json& field : fields) {
      // A tagged field may leave the other range out.
      const char* present = field.contains("versions") ? "versions" : "taggedVersions";
      if (!range_of(field, present).contains(version)) continue;
      const std::string type = type_of(field);
      std::string name = field["name"];
      name.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(name.front())));
      const bool nullable = range_of(field, "nullableVersions").contains(version);
      const bool tagged = range_of(field, "taggedVersions").contains(version);
      // Records are null by default, though no schema says so.
      const std::string value = type == "records" ? "null" : default_of(field, type);
      out.push_back(
          Line{depth, name, type, nullable, tagged ? field["tag"].get<int>() : kNotTagged, value}
              .text());
      add(fields_of(field), version, depth + 1, out);
    }
  }

  Json json_;
  std::map<std::string, Json> common_;
};

void add(const std::vector<SchemaField>& fields, std::int16_t version, int depth, Lines& out) {
  for (const SchemaField& field : fields) {
    if (!field.spec.contains(version)) continue;
    out.push_back(Line{depth, field.name, field.type, field.spec.nullable_in(version),
                       field.spec.tag, field.default_value}
                      .text());
    add(field.fields, version, depth + 1, out);
  }
}

// Records of coordinators are given tagged fields without a new version (KIP-915), so that an older
// client's schema may lack some.
void drop_tagged_fields_unknown_to(const Lines& official, Lines& ours) {
  std::erase_if(ours, [&official](const std::string& line) {
    const bool is_tagged = line.find(fmt::format(" tag {} ", kNotTagged)) == std::string::npos;
    return is_tagged && !std::ranges::count(official, line);
  });
}

TEST(Schema, EveryFieldOfEveryVersionEqualsTheOfficialOne) {
  golden::Proof proof("fields as in the official schemas");
  for (const MessageType& type : message_types()) {
    const std::string& message = type.name;
    const std::vector<SchemaField> ours = schema_of(type.layout());
    const VersionRange versions = type.api.known();
    for (std::int16_t version = versions.min; version <= versions.max; ++version) {
      int compared = 0;
      for (const std::string_view client : golden::kClientVersions | std::views::reverse) {
        const OfficialSchema official(client, message);
        if (!official.has(version)) continue;
        SCOPED_TRACE(fmt::format("{} v{} of {}", message, version, client));
        Lines lines;
        add(ours, version, 0, lines);
        const bool is_newest = compared == 0;
        if (!is_newest) drop_tagged_fields_unknown_to(official.lines(version), lines);
        // As one text, of which the lines that differ are shown.
        EXPECT_EQ(fmt::format("{}", fmt::join(lines, "\n")),
                  fmt::format("{}", fmt::join(official.lines(version), "\n")));
        EXPECT_EQ(type.api.key, official.key());
        EXPECT_EQ(type.api.flexible_in(version), official.flexible_in(version));
        if (is_newest && official.is_unstable(version)) {
          EXPECT_FALSE(type.api.versions.contains(version));
        }
        proof.add(message, version, is_newest ? lines.size() : 0);
        ++compared;
      }
      EXPECT_GT(compared, 0) << message << " v" << version;
    }
  }
}

// Kafka 4.0 keeps apart what kind of key it is and the version of its schema, which became 0; the
// number in front of the key, and ours, is the kind, 2.
bool is_numbered_otherwise(const std::string& message, const OfficialSchema& official) {
  return message == "GroupMetadataKey" && official.versions() == VersionRange{0, 0};
}

TEST(Schema, EveryOfficialVersionIsKnown) {
  golden::Count count("official versions known");
  for (const MessageType& type : message_types()) {
    std::set<std::int16_t> known;
    for (const std::string_view client : golden::kClientVersions) {
      const OfficialSchema official(client, type.name);
      if (is_numbered_otherwise(type.name, official)) continue;
      const VersionRange versions = official.versions();
      for (std::int16_t version = versions.min; version <= versions.max; ++version) {
        EXPECT_TRUE(type.api.known().contains(version)) << type.name << " v" << version;
        known.insert(version);
      }
    }
    count.add(known.size());
  }
}

// Stable versions that are not negotiated; the messages' headers say the same.
struct NotNegotiated {
  std::string_view api;
  std::int16_t newest;  // that is
  std::string_view why;
};
constexpr NotNegotiated kNotNegotiated[] = {
    {"AddPartitionsToTxn", 3, "from version 4 on for brokers alone (KIP-890)"},
    {"EndTxn", 4, "version 5 needs transaction.version 2 to be finalized (KIP-890)"},
    {"TxnOffsetCommit", 4, "version 5 needs transaction.version 2 to be finalized (KIP-890)"},
};

// The schemas of requests say what is unstable for responses as well.
std::int16_t newest_stable(const MessageType& type) {
  const bool is_data = type.role == MessageRole::kData;
  const std::string message = is_data ? type.name : fmt::format("{}Request", type.api.name);
  std::int16_t newest = -1;
  for (const std::string_view client : golden::kClientVersions) {
    const OfficialSchema official(client, message);
    if (is_numbered_otherwise(message, official)) continue;
    const std::int16_t last = official.versions().max;
    newest = std::max<std::int16_t>(newest, official.is_unstable(last) ? last - 1 : last);
  }
  return newest;
}

TEST(Schema, TheNewestStableVersionIsNegotiated) {
  golden::Count count("messages whose newest stable version is negotiated");
  for (const MessageType& type : message_types()) {
    const auto* exception = std::ranges::find(kNotNegotiated, type.api.name, &NotNegotiated::api);
    const std::int16_t stable = newest_stable(type);
    if (exception == std::end(kNotNegotiated)) {
      EXPECT_EQ(type.api.versions.max, stable) << type.name;
      count.add(1);
    } else {
      EXPECT_EQ(type.api.versions.max, exception->newest) << type.name << ": " << exception->why;
      EXPECT_GT(stable, exception->newest) << type.name << " is no exception any more";
    }
  }
}

// Where a field is missing from some version, the newest schema that knows it says whether it may
// be dropped there.
class IgnorableCheck {
 public:
  IgnorableCheck(const OfficialSchema& older, const OfficialSchema& newer, VersionRange versions)
      : older_(older), newer_(newer), versions_(versions) {}

  void compare(const std::vector<SchemaField>& ours, const Json& older, const Json& newer,
               VersionRange enclosing) {
    for (const SchemaField& field : ours) {
      SCOPED_TRACE(field.name);
      const Json* in_newer = find(newer, field.name);
      const Json* in_older = find(older, field.name);
      const Json* official = in_newer != nullptr ? in_newer : in_older;
      ASSERT_NE(official, nullptr);
      const VersionRange present{std::max(enclosing.min, field.spec.since),
                                 std::min(enclosing.max, field.spec.until)};
      if (present != enclosing) {
        EXPECT_EQ(field.spec.ignorable, is_ignorable(*official));
        ++compared_;
      }
      static const Json none = Json::array();
      compare(field.fields, in_older == nullptr ? none : older_.fields_of(*in_older),
              in_newer == nullptr ? none : newer_.fields_of(*in_newer), present);
    }
  }
  void compare(const std::vector<SchemaField>& ours) {
    compare(ours, older_.fields(), newer_.fields(), versions_);
  }

  std::size_t compared() const { return compared_; }

 private:
  static bool is_ignorable(const Json& field) {
    const Json value = field.value("ignorable", Json(false));
    return value == true || value == "true";
  }

  static const Json* find(const Json& fields, std::string name) {
    for (const Json& field : fields) {
      std::string official = field["name"];
      official.front() =
          static_cast<char>(std::tolower(static_cast<unsigned char>(official.front())));
      if (official == name) return &field;
    }
    return nullptr;
  }

  const OfficialSchema& older_;
  const OfficialSchema& newer_;
  VersionRange versions_;
  std::size_t compared_ = 0;
};

TEST(Schema, MissingFieldsAreDroppedOrRefusedAsTheOfficialOnesAre) {
  golden::Count count("fields that some version lacks dropped or refused as officially");
  for (const MessageType& type : message_types()) {
    SCOPED_TRACE(type.name);
    const OfficialSchema older(golden::kClientVersions[0], type.name);
    const OfficialSchema newer(golden::kClientVersions[1], type.name);
    IgnorableCheck check(older, newer, type.api.known());
    check.compare(schema_of(type.layout()));
    count.add(check.compared());
  }
}

}  // namespace
}  // namespace kmirror::protocol
