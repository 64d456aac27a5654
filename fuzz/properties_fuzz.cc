// A properties file of a user's, held against the known keys of both sides. What was read, written
// with every character escaped, is read as the same again.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/check.h"
#include "fuzz/memory_limit.h"
#include "fuzz/target.h"
#include "mirror/config/check_keys.h"
#include "mirror/config/properties.h"
#include "mirror/config/side_config.h"

namespace kmirror::fuzz {
namespace {

using mirror::KeySet;
using mirror::Properties;

constexpr const char* kFile = "fuzz.properties";

// A backslash before a letter can mean another character; bytes beyond ASCII stand for themselves.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x80 ? fmt::format("\\u{:04x}", byte) : std::string(1, c);
  }
  return out;
}

void read_again(const Properties& properties) {
  std::string text = "\n";  // a byte order mark is one at a file's beginning alone
  for (const mirror::Property& property : properties) {
    text += fmt::format("{}={}\n", escaped(property.key), escaped(property.value));
  }
  const auto again = mirror::parse_properties(text, kFile);
  KM_CHECK(again && again->size() == properties.size(), "as many properties");
  for (std::size_t i = 0; i < properties.size(); ++i) {
    KM_CHECK((*again)[i].key == properties[i].key, "the same keys in the same order");
    KM_CHECK((*again)[i].value == properties[i].value, "the same values");
  }
}

// As load_mirror_config does with each file.
void resolve(const Properties& properties, KeySet set) {
  std::vector<std::string> warnings;
  std::vector<std::string> without_effect;
  if (const auto error = check_keys(properties, set, warnings, without_effect)) {
    KM_CHECK(!error->text.empty(), "an error is a sentence");
    return;
  }
  if (set == KeySet::kConsumer) {
    const auto source = resolve_source(properties, kFile);
    KM_CHECK(source || !source.error().text.empty(), "an error is a sentence");
  } else {
    const auto destination = resolve_destination(properties, kFile, warnings);
    KM_CHECK(destination || !destination.error().text.empty(), "an error is a sentence");
  }
}

KMIRROR_FUZZ_TARGET(properties) {
  // A property of two bytes has a file and a line, and sentences in which it is named.
  const MemoryLimit limit((1 << 20) + 2048 * input.size());
  const auto properties = mirror::parse_properties(as_text(input), kFile);
  if (!properties) return;
  read_again(*properties);
  resolve(*properties, KeySet::kConsumer);
  resolve(*properties, KeySet::kProducer);
}

}  // namespace
}  // namespace kmirror::fuzz
