#include "protocol/wire/generator.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <set>
#include <string>

#include "base/bytes.h"
#include "protocol/error_code.h"
#include "protocol/wire/records_view.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {
namespace {

constexpr std::size_t kLongestText = std::numeric_limits<std::int16_t>::max();

std::string repeated(std::string_view pattern, std::size_t size) {
  std::string text;
  while (text.size() < size) text += pattern;
  return text;
}

bool in_code_point(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

class Generator {
 public:
  Generator(Random& random, std::int16_t version, bool flexible)
      : random_(random), version_(version), flexible_(flexible) {}

  void fill(const StructLayout& layout, void* object) {
    for (const FieldLayout& field : layout.fields) {
      if (!field.spec.contains(version_)) continue;
      fill(*field.type, static_cast<std::byte*>(object) + field.place, field.spec);
    }
    if (!flexible_) return;
    void* const unknown = static_cast<std::byte*>(object) + layout.unknown_tagged_fields_place;
    as<TaggedFields>(unknown) = unknown_tagged_fields(layout);
  }

 private:
  template <class T>
  static T& as(void* at) {
    return *static_cast<T*>(at);
  }

  template <class T>
  T one_of(std::initializer_list<T> choices) {
    return choices.begin()[random_.below(choices.size())];
  }

  void fill(const ValueType& type, void* at, const Spec& spec) {
    switch (type.kind) {
      case ValueKind::kBool:
        as<bool>(at) = random_.below(2) == 1;
        return;
      case ValueKind::kInteger:
        return fill_integer(type.size, at);
      case ValueKind::kFloat64:
        as<double>(at) = real();
        return;
      case ValueKind::kErrorCode:
        as<ErrorCode>(at) = static_cast<ErrorCode>(integer<std::int16_t>());
        return;
      case ValueKind::kUuid:
        std::ranges::generate(as<Uuid>(at).bytes, [this] { return integer<std::uint8_t>(); });
        return;
      case ValueKind::kString:
        as<std::string_view>(at) = spec.secret ? secret() : text();
        return;
      case ValueKind::kBytes:
        as<ConstBytes>(at) = as_bytes(spec.secret ? secret() : text());
        return;
      case ValueKind::kRecords:
        as<RecordsView>(at) = records();
        return;
      case ValueKind::kStruct:
        return fill(type.layout(), at);
      case ValueKind::kArray:
        return fill_elements(type, at, random_.below(4), spec);
      case ValueKind::kOptional:
        const bool null = spec.nullable_in(version_) && random_.below(4) == 0;
        return fill_elements(type, at, null ? 0 : 1, spec);
    }
  }

  void fill_elements(const ValueType& type, void* at, std::size_t count, const Spec& spec) {
    type.resize(at, 0);
    type.resize(at, count);
    for (std::size_t i = 0; i < count; ++i) {
      // The element is as little const as what it stands in.
      fill(*type.element_type, const_cast<void*>(type.element(at, i)), spec);
    }
  }

  template <std::integral T>
  T integer() {
    using Limits = std::numeric_limits<T>;
    return one_of<T>({0, 1, static_cast<T>(-1), Limits::min(), Limits::max(),
                      static_cast<T>(random_.below(100)), static_cast<T>(random_.next())});
  }
  void fill_integer(std::size_t size, void* at) {
    if (size == 1) as<std::int8_t>(at) = integer<std::int8_t>();
    if (size == 2) as<std::int16_t>(at) = integer<std::int16_t>();
    if (size == 4) as<std::int32_t>(at) = integer<std::int32_t>();
    if (size == 8) as<std::int64_t>(at) = integer<std::int64_t>();
  }

  double real() {
    using Limits = std::numeric_limits<double>;
    return one_of({0.0, -0.0, 1e10, 0.1, Limits::lowest(), Limits::max(), Limits::denorm_min(),
                   Limits::infinity(), Limits::quiet_NaN(), random_.unit()});
  }

  // Around the sizes at which a length takes another byte; the longest one seldom.
  std::size_t length() {
    if (random_.below(500) == 0) return kLongestText;
    return one_of<std::size_t>({0, 1, 5, 126, 127, 128, random_.below(40), random_.below(40)});
  }

  // UTF-8, cut between code points.
  std::string_view text() {
    static constexpr std::string_view kPattern = "topic-1.a \"q\\\n\t\x01\x7F ünïcödé 日本語 🦜 ";
    static const std::string all = repeated(kPattern, kLongestText + kPattern.size());
    std::size_t begin = random_.below(kPattern.size());
    while (in_code_point(all[begin])) ++begin;
    std::size_t end = std::min(begin + length(), all.size() - 1);
    while (in_code_point(all[end])) --end;
    return std::string_view(all).substr(begin, end - begin);
  }

  std::string_view secret() {
    static const std::string all = repeated(kGeneratedSecret, kLongestText);
    const std::size_t words = length() / kGeneratedSecret.size();
    return std::string_view(all).substr(0, words * kGeneratedSecret.size());
  }

  RecordsView records() {
    RecordsView out;
    for (std::uint64_t slices = random_.below(4); slices > 0; --slices) {
      out.append(as_bytes(secret()));
    }
    return out;
  }

  // A tag below kMaxKnownTag may not be one that the struct knows in any version.
  TaggedFields unknown_tagged_fields(const StructLayout& layout) {
    std::set<std::uint32_t> tags;
    for (std::uint64_t more = random_.below(3); more > 0; --more) {
      tags.insert(one_of<std::uint32_t>({0, 1, kMaxKnownTag, kMaxKnownTag + 1, 128, 20000,
                                         std::numeric_limits<std::int32_t>::max()}));
    }
    for (const FieldLayout& field : layout.fields) {
      if (field.spec.tag != kNotTagged) tags.erase(static_cast<std::uint32_t>(field.spec.tag));
    }
    TaggedFields out;
    for (const std::uint32_t tag : tags) out.push_back({tag, as_bytes(secret())});
    return out;
  }

  Random& random_;
  std::int16_t version_;
  bool flexible_;
};

}  // namespace

void generate(const StructLayout& layout, void* message, std::int16_t version, bool flexible,
              Random& random) {
  Generator(random, version, flexible).fill(layout, message);
}

}  // namespace kmirror::protocol
